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

/** Seconds in which one key is used for tickets. */
const ticketSeconds = 43_200;

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
      ...ownValues,
      out_file: places.out,
      uncounted_folder: uncountedFolder,
      no_member: noMember,
      kept_folder: keptFolder,
      acme_user: acmePlaces.user,
      ticket_seconds: ticketSeconds,
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
        ticket_seconds: ticketSeconds,
      },
      ...[ownPlaceSh, resolveSh, tendSh],
    ),
  };
}
