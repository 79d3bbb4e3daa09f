import type { BackupRecord } from "../../backup/record";
import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { askKeeper } from "../backup-keeper";

/** The newest backup of a datastore. */
export interface BackupState {
  store: string;
  /** When it was begun; null where there is none. */
  last: string | null;
  verified: boolean;
  /** Why it cannot be trusted, or why nobody knows; null where it can. */
  fault: string | null;
}

/** Seconds that a place of backups may take to list them. */
const soonSeconds = 20;

/** Asks for the newest backup of each datastore that has a keeper of backups. */
export function readBackups(engine: Engine, parts: Part[]): Promise<BackupState[]> {
  const keepers = parts.filter(({ role, state }) => role === "store-backup" && state === "running");
  return Promise.all(
    keepers.map(async ({ store, name }): Promise<BackupState> => {
      try {
        const [last] = (await askKeeper(engine, name, ["list", ""], soonSeconds)) as BackupRecord[];
        return {
          store,
          last: last?.takenAt ?? null,
          verified: last?.verified ?? false,
          fault: last?.fault ?? null,
        };
      } catch (error) {
        return {
          store,
          last: null,
          verified: false,
          fault: error instanceof Error ? error.message : String(error),
        };
      }
    }),
  );
}
