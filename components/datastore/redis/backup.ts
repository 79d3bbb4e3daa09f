import { composeShell } from "../../../engine/shell";
import { type BackupRecipe, derivePassword } from "../recipe";
import { downMilliseconds } from "./failover";
import { backupSh, findServerSh } from "./texts";

/** How Redis is backed up: a server of its own, or the leader that sentinels agree on. */
export function resolveRedisBackup(name: string, sentinels: string[]): BackupRecipe {
  return {
    functions: renderFunctions(name, sentinels),
    passwords: (secrets) => ({
      backup: derivePassword(secrets, "backup"),
      administrator: secrets.administrator,
      ...(sentinels.length === 0 ? {} : { sentinel: derivePassword(secrets, "sentinel") }),
    }),
  };
}

function renderFunctions(host: string, sentinels: string[]): string {
  return composeShell(
    { host, sentinels: sentinels.join(" "), down_milliseconds: downMilliseconds },
    findServerSh,
    backupSh,
  );
}
