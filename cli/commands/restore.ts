import type { Restored } from "../../backup/answers";
import { describeCounts } from "../../backup/counts";
import type { BackupRecord } from "../../backup/record";
import { isGood } from "../../backup/retention";
import { type BackupRequest, describeBackup, listBackups, workOnBackups } from "../backups";
import { defineCommand, flag, optional, required } from "../command";
import { Failure } from "../failure";
import { json, stack } from "../options";
import { askUser } from "../processes";

/** Puts a backup in the place of what is in a datastore. */
export const restore = defineCommand({
  name: "restore",
  summary: "puts a backup in the place of what is in a datastore",
  arguments: {
    datastore: required("the name of a datastore"),
    id: optional("the backup's name, or latest, as when left out", "latest"),
  },
  options: { stack, yes: flag("no question first", "y"), json },
  examples: [
    ["npm run restore -- main", "the latest good one; asks first"],
    ["npm run restore -- main 20261121T030000Z-1a2b3c --yes --stack prod", "this one, without a question"],
  ],
  run: (given) =>
    workOnBackups("restore", given, async (keeper) => {
      const backups = await listBackups(keeper);
      const chosen = backups.find((each) => (given.id === "latest" ? isGood(each) : each.id === given.id));
      // What cannot be restored is refused by the container, with the reason.
      if (chosen !== undefined && isGood(chosen) && !(given.yes || (await isAgreed(given, chosen))))
        throw new Failure("Nothing was changed. To restore without a question, add --yes.");
      const restored = (await keeper.ask("restore", chosen?.id ?? given.id)) as Restored;
      const { before, after, id, seconds } = restored;
      return {
        restored,
        lines: [
          `Before: ${describeCounts(before)}`,
          `After:  ${describeCounts(after)}, as in the backup ${id}; ${seconds} s`,
        ],
      };
    }),
});

async function isAgreed({ json, datastore, stack }: BackupRequest, chosen: BackupRecord): Promise<boolean> {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return false;
  const question = `${describeBackup(chosen)}\nIt takes the place of all that is in ${datastore} of ${stack}. Restore it? (yes/no) `;
  return (await askUser(question)) === "yes";
}
