import { controlPort } from "./control-port";
import { apart, block, type Lines, quote } from "./lines";
import { withoutQuery } from "./logs";
import type { Balancer, Upstream } from "./model";
import { hashVariable } from "./upstreams";
import { watchControl } from "./watch";

/** The server by which Flotilla sees what Nginx does. */
export function renderControl(balancer: Balancer): Lines {
  return block("server", [
    `listen 127.0.0.1:${controlPort};`,
    "access_log off;",
    "",
    ...block("location = /generation", ["include generation.conf;"]),
    ...balancer.upstreams.flatMap((upstream) => probeLocations(balancer, upstream).flatMap(apart)),
    ...watchControl(balancer).flatMap(apart),
  ]);
}

/** Places at which one replica after the other is asked, whatever a client's replica goes by. */
function probeLocations(balancer: Balancer, upstream: Upstream): Lines[] {
  const { name, method } = upstream;
  const ask = [...probeSettings(balancer, upstream), "add_header X-Upstream-Address $upstream_addr always;"];
  if (method !== "ip_hash") return [block(`location = /probe/${name}`, ask)];
  return [
    block(`location = /probe/${name}`, [
      `proxy_pass http://127.0.0.1:${controlPort}/probe-as/${name};`,
      "proxy_set_header X-Probe-Address $probe_address;",
    ]),
    block(`location = /probe-as/${name}`, [
      "set_real_ip_from 127.0.0.1;",
      "real_ip_header X-Probe-Address;",
      ...ask,
    ]),
  ];
}

function probeSettings(balancer: Balancer, { name, probePath }: Upstream): Lines {
  if (speaksOnlyGrpc(balancer, name))
    return [
      `rewrite ^ ${withoutQuery(probePath)} break;`,
      `grpc_pass grpc://${name};`,
      "grpc_connect_timeout 1s;",
      "grpc_read_timeout 3s;",
      "grpc_next_upstream off;",
    ];
  return [
    `proxy_pass http://${name}${probePath};`,
    "proxy_http_version 1.1;",
    'proxy_set_header Connection "";',
    "proxy_connect_timeout 1s;",
    "proxy_read_timeout 3s;",
    "proxy_next_upstream off;",
  ];
}

function speaksOnlyGrpc({ routes }: Balancer, upstream: string): boolean {
  const protocols = routes.flatMap(({ target }) =>
    target.kind === "upstream" && target.upstream === upstream ? [target.protocol] : [],
  );
  return protocols.length > 0 && protocols.every((protocol) => protocol === "grpc");
}

/** Variables by which the questions of the control server reach every replica. */
export function probeMaps({ upstreams }: Balancer): Lines {
  return [
    ...(upstreams.some(({ method }) => method === "ip_hash")
      ? block("map $request_id $probe_address", ['"~^(?<one>....)(?<two>....)" "2001:db8:$one:$two::1";'])
      : []),
    ...upstreams.flatMap(({ name, hashKey }) =>
      hashKey === undefined
        ? []
        : block(`map $server_port $${hashVariable(name)}`, [
            `${controlPort} $request_id;`,
            `default ${quote(hashKey)};`,
          ]),
    ),
  ];
}
