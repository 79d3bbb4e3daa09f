import { controlPort } from "./control-port";
import { apart, block, type Lines } from "./lines";
import type { Balancer } from "./model";
import { watchControl } from "./watch";

/** The server by which Flotilla sees what Nginx does. */
export function renderControl(balancer: Balancer): Lines {
  return block("server", [
    `listen 127.0.0.1:${controlPort};`,
    "access_log off;",
    "",
    ...block("location = /generation", ["include generation.conf;"]),
    ...balancer.upstreams.flatMap(({ name, probePath }) =>
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
    ...watchControl(balancer).flatMap(apart),
  ]);
}
