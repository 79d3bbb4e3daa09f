import { composeShell, renderFunction } from "../engine/shell";
import { controlPort } from "../nginx/control-port";
import { noMember, uncountedFolder } from "../nginx/members";
import { acmePlaces, places } from "../nginx/places";
import { membersSh } from "../nginx/texts";
import { deriveSh, fetchSh, resolveSh, roomSh, tendSh, transactionSh, writeSh } from "./texts";

/** Folder of what was live before a push, which is put back as one thing when the push fails. */
export const keptFolder = "before";

/**
 * In a configuration that is live for as long as a push needs it: the second from which the balancer itself puts back what was
 * live before, as when the push was killed.
 */
export const provisionalFile = "provisional";

/** The configuration that is in the folder `next` when commands begin to change it. */
type Start = "live" | "nothing" | typeof keptFolder;

/** How a configuration is changed. */
export interface Change {
  from?: Start;
  /** Whether what is live is kept, to be put back. */
  keeps?: boolean;
}

/** A shell script that changes the balancer's configuration by commands. */
export function renderTransaction(edits: string, { from = "live", keeps = false }: Change = {}): string {
  return composeShell(
    {
      control_port: controlPort,
      out_file: places.out,
      uncounted_folder: uncountedFolder,
      no_member: noMember,
      kept_folder: keptFolder,
      acme_user: acmePlaces.user,
      keeps: keeps ? "yes" : "",
      from,
    },
    ...[membersSh, fetchSh, resolveSh, deriveSh],
    ...[writeSh, roomSh, renderFunction("edit", edits), transactionSh],
  );
}

/** Scripts that a configuration brings, by their files: what changes it beside Nginx, and what has that done. */
export function renderOwnScripts(): Record<string, string> {
  return {
    "apply.sh": renderTransaction(""),
    "restore.sh": renderTransaction("", { from: keptFolder }),
    "tend.sh": composeShell({ out_file: places.out }, resolveSh, tendSh),
  };
}
