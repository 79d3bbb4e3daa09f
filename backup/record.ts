import type { Counts } from "./counts";

/** Why a backup was made. */
export type Reason = "schedule" | "request" | "deployment";

/** The record of a backup; it is written last, so that a backup without it is none. */
export interface BackupRecord {
  id: string;
  store: string;
  engine: string;
  reason: Reason;
  /** When it was begun. */
  takenAt: string;
  /** How long it took, its checks included. */
  seconds: number;
  /** Bytes of the dump. */
  size: number;
  /** Bytes of what is stored. */
  storedSize: number;
  /** Checksum of the dump. */
  sha256: string;
  /** Checksum of what is stored. */
  storedSha256: string;
  /** Fingerprint of the key that it is encrypted with. */
  key?: string;
  /** Its contents. */
  counts: Counts;
  /** Whether a server was started from what is stored, and had the same in it. */
  verified: boolean;
  /** Why it cannot be trusted. */
  fault?: string;
  /** Shows that nobody has changed the record who does not have the key; absent in those of earlier versions. */
  signature?: { key: string; hmac: string };
}

/** Makes the id of a backup: ids in order are in the order of their times. */
export function makeId(moment: Date, random: string): string {
  return `${moment.toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${random}`;
}

const idPattern = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** Name of a backup's content. */
export function contentName(id: string): string {
  return `${id}.backup`;
}

/** Name of what is known of it. */
export function recordName(id: string): string {
  return `${id}.json`;
}

/** The id that a name belongs to, and what it names; undefined for anything else that lies there. */
export function parseName(name: string): { id: string; kind: "content" | "record" } | undefined {
  const [, id = "", ending] = /^(.*)\.(backup|json)$/.exec(name) ?? [];
  if (!idPattern.test(id)) return undefined;
  return { id, kind: ending === "backup" ? "content" : "record" };
}

/** When a backup of this id was begun, in milliseconds since 1970. */
export function timeOf(id: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
