import { cacheFolder, writeUnusedPaths } from "../../../nginx/cache";
import { controlPort } from "../../../nginx/control-port";
import { ownPlace } from "../../../nginx/own-place";
import { places } from "../../../nginx/places";
import { formatDuration } from "../../resources/duration";

/**
 * Waits for a first configuration, then is Nginx. Beside it runs what the live configuration brings for that, so that
 * another version of it needs no other container.
 */
export const startNginx = [
  // Where answers are kept; images of other makers lack it.
  `mkdir -p ${cacheFolder}`,
  // Nginx's workers are not root.
  `mkdir -p ${places.watch}`,
  `chmod 777 ${places.watch}`,
  ...places.logs.flatMap((log) => [`: > ${log}`, `chmod 666 ${log}`]),
  `until nginx -t -q -c ${places.live}/nginx.conf 2>/dev/null; do sleep 0.1; done`,
  // A pid file of before a restart would be taken for a running Nginx.
  "rm -f /run/nginx.pid",
  `while sleep 1; do [ ! -f ${places.live}/tend.sh ] || sh ${places.live}/tend.sh; done &`,
  `exec nginx -c ${places.live}/nginx.conf -g 'daemon off;'`,
].join("\n");

/** The same where little can be written to. */
export const startLimited = [writeUnusedPaths, startNginx].join("\n");

/** Looks whether it is to be a balancer; what that means is in the configuration, so that it can be changed. */
export const startFront = [
  writeUnusedPaths,
  `trap '[ ! -f ${places.live}/end-front.sh ] || sh ${places.live}/end-front.sh; exit 0' TERM QUIT`,
  `rm -f /run/nginx.pid ${ownPlace.ends} /etc/flotilla/front-ends`,
  `while :; do [ ! -f ${places.live}/front.sh ] || sh ${places.live}/front.sh; sleep 0.5 & wait $!; done`,
].join("\n");

/** Waits for a first configuration, and is then what it says of those that share a front. */
export function startSharing(portOfFigures: number, isLimited: boolean): string {
  return [
    ...(isLimited ? [writeUnusedPaths] : []),
    `until [ -f ${places.live}/start.sh ]; do sleep 0.1; done`,
    `exec sh ${places.live}/start.sh ${portOfFigures}`,
  ].join("\n");
}

/** How often the engine looks at a balancer. */
export const usualHealth = {
  interval: formatDuration(10),
  timeout: formatDuration(5),
  retries: 3,
  startPeriod: formatDuration(10),
  startInterval: "0s",
};

/** The health check of one that shares a front. */
export const healthOfSharing = `[ -f ${ownPlace.ends} ] || { read -r own <${ownPlace.address} && ${askAt("$own")}; }`;

/** The balancer's own health check. */
export const ownHealth = askAt("127.0.0.1");

function askAt(address: string): string {
  return [
    `url=http://${address}:${controlPort}/generation`,
    "if command -v curl >/dev/null; then curl -fsS -m 3 -o /dev/null $url; else wget -q -T 3 -O /dev/null $url; fi",
  ].join("; ");
}
