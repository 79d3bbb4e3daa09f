import { composeShell } from "../../../engine/shell";
import { type BackupRecipe, derivePassword } from "../recipe";
import { backupSh } from "./texts";

/** How a database of PostgreSQL at `host` is backed up; `renderRights` is what its users may do in one of this name. */
export function resolvePostgresBackup(
  host: string,
  database: string,
  renderRights: (database: string) => string[],
): BackupRecipe {
  return {
    functions: composeShell(
      { host, database, rights: renderRights("flotilla_restored").join("\n") },
      backupSh,
    ),
    passwords: (secrets) => ({ backup: derivePassword(secrets, "backup"), owner: secrets.administrator }),
  };
}
