import type { BackupRecord } from "../../backup/record";
import { describeBackup, listBackups, workOnBackups } from "../backups";
import { defineCommand, flag, required } from "../command";
import { json, stack, unasked } from "../options";

/** Makes a backup of a datastore, or shows those that there are. */
export const backup = defineCommand({
  name: "backup",
  summary: "makes a backup of a datastore now, or shows those that there are",
  arguments: { datastore: required("the name of a datastore") },
  options: { stack, list: flag("shows the backups that there are"), yes: unasked, json },
  examples: [
    ["npm run backup -- main", "what is in it, how large it is, how long it took"],
    ["npm run backup -- main --list", "all that there are, the newest first"],
  ],
  run: (given) =>
    given.list
      ? workOnBackups("list", given, async (keeper) => {
          const backups = await listBackups(keeper);
          return {
            backups,
            lines: backups.length === 0 ? ["There is no backup."] : backups.map(describeBackup),
          };
        })
      : workOnBackups("backup", given, async (keeper) => {
          const made = (await keeper.ask("back", "request")) as BackupRecord;
          return { backup: made, lines: [describeBackup(made)] };
        }),
});
