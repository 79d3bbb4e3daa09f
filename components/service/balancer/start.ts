import { cacheFolder } from "../../../nginx/cache";
import { controlPort } from "../../../nginx/control-port";
import { places } from "../../../nginx/places";

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

/** The balancer's own health check. */
export const ownHealth = [
  `url=http://127.0.0.1:${controlPort}/generation`,
  "if command -v curl >/dev/null; then curl -fsS -m 3 -o /dev/null $url; else wget -q -T 3 -O /dev/null $url; fi",
].join("; ");
