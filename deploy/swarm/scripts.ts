import { composeShell, renderFunction } from "../../engine/shell";
import { cacheFolder } from "../../nginx/cache";
import { noMember, uncountedFolder } from "../../nginx/members";
import { ownPlace } from "../../nginx/own-place";
import { acmePlaces, places } from "../../nginx/places";
import { membersSh } from "../../nginx/texts";
import { controlPort } from "../../nginx/control-port";
import { renderFile } from "../balancer";
import { ownValues } from "../control";
import { beginNginxSh, deriveSh, fetchSh, ownPlaceSh, peersSh, resolveSh, writeSh } from "../texts";
import { closedSocket, renderTransaction, silentFile } from "../transaction";
import { balancerSh, beginSh, keeperSh, openLineJs, openLineSh, packSh, takeSh } from "./texts";

/** Port at which a balancer and a keeper take scripts, on the network that nobody else is on. */
export const linePort = 8110;

/** The host that the line's certificate names. */
export const lineHost = "flotilla.line";

/** File of the secret in a container. */
export const lineSecret = "/run/secrets/flotilla-line";

/** Where a keeper finds the settings, and those of its files that nobody may see. */
export const keptFiles = { settings: "/run/flotilla-kept", secrets: "/run/secrets/flotilla-kept" } as const;

/** File of a configuration that tells it from older ones. */
export const serialFile = "serial";

/** The line by which a push tells the number that the last settings have. */
export function tellSerial(serial: number): string {
  return `serial ${serial}`;
}

/** The same number, from all that a push tells. */
export function readSerial(told: string): string {
  return /^serial (\d+)$/m.exec(told)?.[1] ?? "0";
}

/** The command by which settings get a number. */
export function writeSerial(serial: string): string {
  return renderFile(`next/${serialFile}`, serial);
}

/** Seconds for which a balancer that is told to end still listens, and says that it does. */
const lameSeconds = 5;

const lineValues = {
  line: "/run/flotilla-line",
  line_secret: lineSecret,
  line_port: linePort,
  line_js: openLineJs,
  pack_sh: packSh,
  config: "/etc/flotilla",
};

/** What a balancer of a swarm runs. */
export function renderBalancer(names: { peers: string; keeper: string }): string {
  const values = { ...lineValues, peers_name: names.peers, keeper_name: names.keeper };
  return composeShell(values, openLineSh, takeSh, balancerSh);
}

/** Fails where the line is not open, or where Nginx has settings and does not answer. */
export function renderHealth(): string {
  const asked = `curl -fsS -m 3 -o /dev/null http://127.0.0.1:${controlPort}/generation`;
  return `[ -s ${lineValues.line}/nginx.pid ] && { [ ! -f ${lineValues.line}/is-balancer ] || ${asked}; }`;
}

/** What the keeper of a balancer's settings runs. */
export function renderKeeper(): string {
  return composeShell(
    {
      ...lineValues,
      ...ownValues,
      out_file: places.out,
      uncounted_folder: uncountedFolder,
      no_member: noMember,
      acme_user: acmePlaces.user,
      kept_settings: keptFiles.settings,
      kept_secrets: keptFiles.secrets,
    },
    ...[openLineSh, membersSh, fetchSh, ownPlaceSh, resolveSh, deriveSh, writeSh, keeperSh],
  );
}

/** The settings as a keeper reads them. */
export function renderKept(edits: string): string {
  return renderFunction("edit", edits);
}

/** The same for those of its files that nobody may see. */
export function renderKeptSecrets(edits: string): string {
  return renderFunction("edit_secrets", edits);
}

/** Scripts that a configuration brings for the balancers of a swarm, by their files. */
export function renderSwarmScripts(): Record<string, string> {
  const values = {
    ...ownValues,
    ends_file: ownPlace.ends,
    told_to_end: places.ends,
    cache_folder: cacheFolder,
    watch_folder: places.watch,
    logs: places.logs.join(" "),
    closed_socket: closedSocket,
    silent_file: silentFile,
    lame_seconds: lameSeconds,
  };
  return {
    "begin.sh": composeShell(values, fetchSh, ownPlaceSh, peersSh, beginNginxSh, beginSh),
    "take.sh": renderTransaction("", { from: "taken", keptFolder: "taken" }),
  };
}
