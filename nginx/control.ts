import { apart, block, type Lines } from "./lines";
import type { Balancer } from "./model";

/** Port of the balancer that only its own container reaches: the generation and the probes. */
export const controlPort = 8101;

/** The server by which Flotilla sees what Nginx does. */
export function renderControl({ upstreams }: Balancer): Lines {
  return block("server", [
    `listen 127.0.0.1:${controlPort};`,
    "access_log off;",
    "",
    ...block("location = /generation", ["include generation.conf;"]),
    ...upstreams.flatMap(({ name, probePath }) =>
      apart(
        block(`location = /probe/${name}`, [
          `proxy_pass http://${name}${probePath};`,
          "proxy_http_version 1.1;",
          'proxy_set_header Connection "";',
          "proxy_connect_timeout 1s;",
          "proxy_read_timeout 3s;",
          "proxy_next_upstream off;",
          "add_header X-Upstream-Address $upstream_addr always;",
        ]),
      ),
    ),
  ]);
}
