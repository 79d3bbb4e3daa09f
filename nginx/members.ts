import type { Member, Upstream } from "./model";

/** The part of an upstream that stands in the line of each of its replicas. */
interface Surroundings extends Pick<Upstream, "maxFails" | "failSeconds"> {
  sticky?: object | undefined;
}

/** The line of an upstream that stands for one replica; its comment is what users call the replica. */
export function renderMember(member: Member, { maxFails, failSeconds, sticky }: Surroundings): string {
  const { name, port, title, weight, maxConnections, backup } = member;
  return [
    `server ${name}:${port} resolve`,
    ...(weight === 1 ? [] : [`weight=${weight}`]),
    ...(maxConnections === 0 ? [] : [`max_conns=${maxConnections}`]),
    `max_fails=${maxFails} fail_timeout=${failSeconds}s`,
    ...(backup ? ["backup"] : []),
    // The cookie would otherwise name an address, and another replica may have it after an update.
    ...(sticky === undefined ? [] : [`route=${title}`]),
  ]
    .join(" ")
    .concat(`; # ${title}`);
}

/** A replica as its line tells of it; `members.sh` reads such lines in containers. */
export interface MemberLine extends Pick<Member, "name" | "port" | "backup"> {
  /** The whole line. */
  text: string;
}

/** Reads the line of a replica; undefined for any other. */
export function parseMember(text: string): MemberLine | undefined {
  const [, name, port, settings = ""] = /^server ([^ :]+):(\d+)((?: [^;]*)?);/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { text, name, port: Number(port), backup: settings.split(" ").includes("backup") };
}

/** A replica as `members.sh` and the watch name it. */
export function nameMember(name: string, port: number): string {
  return `${name}:${port}`;
}

/** Folder of the members whose failures are not counted, relative to `nginx.conf`. */
export const uncountedFolder = "uncounted";

/** The line of an upstream without members: Nginx refuses one that has no server at all. */
export const noMember = "server 127.0.0.1:9 down;";

/** The share of a replica in the requests, as its line has it. */
export function weightOf(line: string): number {
  return Number(/ weight=(\d+)/.exec(line)?.[1] ?? 1);
}

/** The line with another share. */
export function withWeight(line: string, weight: number): string {
  const others = line.replace(/ weight=\d+/, "");
  return weight === 1 ? others : others.replace(" resolve", ` resolve weight=${weight}`);
}
