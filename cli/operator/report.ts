import type { Role } from "../../engine/labels";
import type { FiringAlert } from "./alerts";
import type { BackupState } from "./backups";
import type { Lock } from "../../engine/lock";
import type { Told } from "./told";

/** A container in the status. */
export interface PartStatus {
  title: string;
  container: string;
  service: string;
  role: Role;
  pool: string;
  store: string;
  /** As the engine's health check says, or where there is none, as the engine does; `out` where its balancer gives it no requests. */
  state: string;
  /** When it came into being as it is. */
  since: string;
  image: string;
  restarts: number;
  outOfMemory: boolean;
  cpuPercent: number | null;
  memoryBytes: number | null;
  /** Null where there is no limit. */
  memoryLimit: number | null;
  requestsPerSecond: number | null;
  /** Tries at it that failed, since its balancer was started. */
  errors: number | null;
  p95Ms: number | null;
  /** Of its pool's traffic. */
  sharePercent: number | null;
}

/** A pool in the status. */
export interface PoolStatus {
  service: string;
  pool: string;
  /** Those that serve, and all. */
  well: number;
  replicas: number;
  /** Answers since its balancer was started, and those of them that were 5xx; null where nobody counts. */
  requests: number | null;
  failed: number | null;
  requestsPerSecond: number | null;
}

/** All that a status says. */
export interface Status {
  stack: string;
  /** The engine's address; null for this machine's own. */
  engine: string | null;
  at: string;
  ok: boolean;
  pools: PoolStatus[];
  parts: PartStatus[];
  backups: BackupState[];
  certificates: { service: string; file: string; expires: string }[];
  alerts: FiringAlert[];
  disk: { used: number; size: number } | null;
  /** Words of commands to the stack beside its settings. */
  told: Told;
  /** Pools whose requests an operator holds, and until when at most. */
  held: { pool: string; until: string }[];
  /** Who keeps it from being changed. */
  lock: Lock | null;
  /** All that is not well, in sentences. */
  problems: string[];
}

/** Whether a container does its work. */
export function serves({ state }: Pick<PartStatus, "state">): boolean {
  return state === "healthy" || state === "running";
}
