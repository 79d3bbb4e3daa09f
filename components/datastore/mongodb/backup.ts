import { composeShell } from "../../../engine/shell";
import { type BackupRecipe, derivePassword } from "../recipe";
import { type MongodbPlace, shellSettings } from "./shell";
import { backupMongoshJs, backupSh } from "./texts";

const scratchPort = 27018;
const script = "/etc/flotilla/backup.js";

/** How the application's database of a MongoDB is backed up: by mongodump and mongorestore. */
export function resolveMongodbBackup({ hosts, replicaSet, database }: MongodbPlace): BackupRecipe {
  const query = `authSource=admin${replicaSet === undefined ? "" : `&replicaSet=${replicaSet}`}`;
  const task = { hosts, database, query, scratchPort };
  return {
    functions: composeShell(
      { hosts: hosts.join(","), query, database, scratch_port: scratchPort, script },
      backupSh,
    ),
    passwords: (secrets) => ({
      backup: derivePassword(secrets, "backup"),
      administrator: secrets.administrator,
    }),
    files: () => ({
      ...shellSettings,
      [script]: `const task = ${JSON.stringify(task)};\n${backupMongoshJs}`,
    }),
  };
}
