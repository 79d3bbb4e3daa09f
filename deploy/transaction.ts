import { composeShell, renderFunction } from "../engine/shell";
import { noMember, uncountedFolder } from "../nginx/members";
import { ownPlace } from "../nginx/own-place";
import { acmePlaces, places } from "../nginx/places";
import { membersSh } from "../nginx/texts";
import { ownValues } from "./control";
import {
  deriveSh,
  fetchSh,
  ownPlaceSh,
  peersSh,
  resolveSh,
  roomSh,
  tendSh,
  transactionSh,
  writeSh,
} from "./texts";

/** Start of the paths at which a first configuration listens. */
export const closedSocket = "/run/flotilla-";

/** File of a configuration that prints the names of the pools that cannot answer, asking each as a client would. */
export const silentFile = "silent.sh";

/** Folder of what was live before a push, which is put back as one thing when the push fails. */
export const keptFolder = "before";

/**
 * In a configuration that is live for as long as a push needs it: the second from which the balancer itself puts back what was
 * live before, as when the push was killed.
 */
export const provisionalFile = "provisional";

/** The configuration that is in the folder `next` when commands begin to change it. */
type Start = "live" | "nothing" | "taken" | typeof keptFolder;

/** How a configuration is changed. */
export interface Change {
  from?: Start;
  /** Whether what is live is kept, to be put back. */
  keeps?: boolean;
  /** Folder that is taken as one thing. Defaults to what was live before a push. */
  keptFolder?: "taken" | typeof keptFolder;
}

/** A shell script that changes the balancer's configuration by commands. */
export function renderTransaction(
  edits: string,
  { from = "live", keeps = false, keptFolder: kept = keptFolder }: Change = {},
): string {
  return composeShell(
    {
      ...ownValues,
      out_file: places.out,
      uncounted_folder: uncountedFolder,
      no_member: noMember,
      kept_folder: kept,
      acme_user: acmePlaces.user,
      keeps: keeps ? "yes" : "",
      from,
    },
    ...[membersSh, fetchSh, ownPlaceSh, peersSh, resolveSh, deriveSh],
    ...[writeSh, roomSh, renderFunction("edit", edits), transactionSh],
  );
}

/** Scripts that a configuration brings, by their files: what changes it beside Nginx, and what has that done. */
export function renderOwnScripts(): Record<string, string> {
  return {
    "apply.sh": renderTransaction(""),
    "restore.sh": renderTransaction("", { from: keptFolder }),
    "tend.sh": composeShell(
      {
        ...ownValues,
        out_file: places.out,
        leads_file: ownPlace.leads,
        ends_file: ownPlace.ends,
      },
      ...[ownPlaceSh, resolveSh, tendSh],
    ),
  };
}
