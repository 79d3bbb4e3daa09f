import type { Pool } from "../../pool/schema";
import type { Mount } from "./schema";

/** Finds what several replicas write to at the same time: one warning for each volume or folder. */
export function findSharingWarnings(pools: Record<string, Pool>): string[] {
  const writers = new Map<string, { pool: string; replicas: number }[]>();
  for (const [pool, { mounts, replicas }] of Object.entries(pools)) {
    for (const mount of mounts) {
      const place = mount.readOnly ? undefined : namePlace(mount);
      if (place !== undefined) writers.set(place, [...(writers.get(place) ?? []), { pool, replicas }]);
    }
  }
  return [...writers]
    .filter(([, those]) => those.reduce((sum, { replicas }) => sum + replicas, 0) > 1)
    .map(([place, those]) => {
      const named = those.map(({ pool, replicas }) => `${pool} (${replicas})`).join(", ");
      return `Several replicas write to ${place} at the same time: ${named}. Safe are files that one replica alone writes, like one named after INSTANCE_ID, and new files that are renamed into place. A file that is read, changed and written again, like JSON, loses changes, and one that is locked, like SQLite, makes them wait or fail. Keep such data in a datastore, or set readOnly where nothing is written.`;
    });
}

/** Two mounts of the same place have the same name; a volume that is only known later has none. */
function namePlace({ shared, volume, hostPath }: Mount): string | undefined {
  if (shared !== undefined) return `the shared volume ${shared}`;
  if (typeof volume === "string") return `the volume ${volume}`;
  return hostPath === undefined ? undefined : `the folder ${hostPath}`;
}
