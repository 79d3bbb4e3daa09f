import { controlPort } from "./control-port";
import { findUncounted } from "./last-resort";
import { apart, block, type Lines, quote } from "./lines";
import { withoutQuery } from "./logs";
import type { Balancer, Probe, Upstream } from "./model";
import { controlListener, nameControl } from "./own-place";
import { hashVariable } from "./upstreams";
import { watchControl } from "./watch-directives";

/** The server by which Flotilla sees what Nginx does. */
export function renderControl(balancer: Balancer): Lines {
  const { upstreams } = balancer;
  return block("server", [
    controlListener(balancer),
    "access_log off;",
    "",
    ...block("location = /generation", ["include generation.conf;"]),
    ...askLocations(upstreams).flatMap(apart),
    ...upstreams.flatMap((upstream) => probeLocations(balancer, upstream).flatMap(apart)),
    ...upstreams.flatMap((upstream) => apart(answerLocation(balancer, upstream))),
    ...watchControl(balancer).flatMap(apart),
  ]);
}

/** Who answered last, with what status, and after how long: `-` when Nginx had no answer and made one itself. */
const sayAnswer =
  'add_header X-Flotilla-Answer "$upstream_addr; $upstream_status; $upstream_header_time" always;';

/** Places at which one replica is asked by its address, before any request can come to it. */
function askLocations(upstreams: Upstream[]): Lines[] {
  const protocols = [...new Set(upstreams.map(({ probe }) => probe.protocol))].sort().reverse();
  const seconds = Math.max(...upstreams.map(({ probe }) => probe.seconds));
  return protocols.map((protocol) =>
    block(`location = /ask-${protocol}`, [
      ...(protocol === "grpc"
        ? ["rewrite ^ $http_x_path break;", "grpc_pass grpc://$http_x_peer;"]
        : [
            "proxy_pass http://$http_x_peer$http_x_path;",
            "proxy_http_version 1.1;",
            "proxy_set_header Host $http_x_host;",
            'proxy_set_header Connection "";',
            'proxy_set_header X-Peer "";',
            'proxy_set_header X-Path "";',
            'proxy_set_header X-Host "";',
          ]),
      ...patience(protocol, seconds),
      sayAnswer,
      // How long the application says that it keeps an idle connection.
      "add_header X-Flotilla-Keep-Alive $upstream_http_keep_alive always;",
    ]),
  );
}

/** Places at which one replica after the other is asked, whatever a client's replica goes by. */
function probeLocations(balancer: Balancer, upstream: Upstream): Lines[] {
  const { name, method, probe } = upstream;
  const ask = [...askGroup(upstream, name), `${moduleOf(probe)}_next_upstream off;`, sayAnswer];
  if (method !== "ip_hash") return [block(`location = /probe/${name}`, ask)];
  return [
    block(`location = /probe/${name}`, [
      `proxy_pass http://${nameControl(balancer)}/probe-as/${name};`,
      "proxy_set_header X-Probe-Address $probe_address;",
    ]),
    block(`location = /probe-as/${name}`, [
      "set_real_ip_from 127.0.0.1;",
      "real_ip_header X-Probe-Address;",
      ...ask,
    ]),
  ];
}

/** The place at which a pool is asked as a client would: whichever of its replicas can answer does. */
function answerLocation(balancer: Balancer, upstream: Upstream): Lines {
  const module = moduleOf(upstream.probe);
  // Questions about the whole must not take a replica out.
  const group = findUncounted(balancer, upstream) ?? upstream;
  return block(`location = /answers/${upstream.name}`, [
    ...askGroup(upstream, group.name),
    `${module}_next_upstream error timeout invalid_header http_500 http_502 http_503 http_504 http_404;`,
    `${module}_next_upstream_timeout ${upstream.probe.seconds}s;`,
    sayAnswer,
  ]);
}

function moduleOf({ protocol }: Probe): "proxy" | "grpc" {
  return protocol === "grpc" ? "grpc" : "proxy";
}

function askGroup({ port, probe }: Upstream, group: string): Lines {
  if (probe.protocol === "grpc")
    return [
      `rewrite ^ ${withoutQuery(probe.path)} break;`,
      `grpc_pass grpc://${group};`,
      ...patience("grpc", probe.seconds),
    ];
  return [
    `proxy_pass http://${group}${probe.path};`,
    "proxy_http_version 1.1;",
    // The host that the engine's own health check names; an application may refuse others.
    `proxy_set_header Host 127.0.0.1:${port};`,
    'proxy_set_header Connection "";',
    ...patience("http", probe.seconds),
  ];
}

function patience(protocol: Probe["protocol"], seconds: number): Lines {
  const module = protocol === "grpc" ? "grpc" : "proxy";
  return [`${module}_connect_timeout 1s;`, `${module}_read_timeout ${seconds}s;`];
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
