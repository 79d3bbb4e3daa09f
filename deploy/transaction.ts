import { composeShell, renderFunction } from "../engine/shell";
import { controlPort } from "../nginx/control-port";
import { noMember, uncountedFolder } from "../nginx/members";
import { places } from "../nginx/places";
import { membersSh } from "../nginx/texts";
import { deriveSh, fetchSh, resolveSh, tendSh, transactionSh, writeSh } from "./texts";

/** Folder of what was live before a push, which is put back as one thing when the push fails. */
export const keptFolder = "before";

/** A shell script that changes the balancer's configuration by commands that find what is live in the folder `next`. */
export function renderTransaction(edits: string): string {
  return composeShell(
    {
      control_port: controlPort,
      out_file: places.out,
      uncounted_folder: uncountedFolder,
      no_member: noMember,
      kept_folder: keptFolder,
    },
    ...[membersSh, fetchSh, resolveSh, deriveSh],
    ...[writeSh, renderFunction("edit", edits), transactionSh],
  );
}

/** Scripts that a configuration brings, by their files: what changes it beside Nginx, and what has that done. */
export function renderOwnScripts(): Record<string, string> {
  return {
    "apply.sh": renderTransaction(""),
    "tend.sh": composeShell({ out_file: places.out }, resolveSh, tendSh),
  };
}
