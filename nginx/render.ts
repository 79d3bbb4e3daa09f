import { indent, type Lines } from "./lines";
import type { Balancer, Route, Upstream } from "./model";

/** Port of the balancer that only its own container reaches: the generation and the probes. */
export const controlPort = 8101;

/**
 * Seconds that an idle connection outlives a reload. A client that asks again within them is told to close; one that is
 * closed may be sending just then, and its request is lost.
 */
export const keepaliveMinSeconds = 9;

/** The text of `nginx.conf`. The members of each upstream are in files of their own, as `renderMembers` writes them. */
export function renderNginx(balancer: Balancer): string {
  const lines: Lines = [
    "# Written by Flotilla: changes by hand are overwritten by the next update.",
    "worker_processes auto;",
    `worker_shutdown_timeout ${balancer.shutdownSeconds}s;`,
    "error_log /dev/stderr warn;",
    "pid /run/nginx.pid;",
    "",
    "events {",
    "  worker_connections 4096;",
    "}",
    "",
    "http {",
    ...indent([...httpSettings(), ...balancer.httpDirectives.map(statement)]),
    ...balancer.upstreams.flatMap((upstream) => indent(["", ...renderUpstream(upstream)])),
    ...renderServers(balancer).flatMap((server) => indent(["", ...server])),
    ...indent(["", ...renderControl(balancer.upstreams)]),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function statement(directive: string): string {
  return /[;}]\s*$/.test(directive) ? directive : `${directive};`;
}

function httpSettings(): Lines {
  return [
    "server_tokens off;",
    "log_format flotilla escape=json",
    `  '{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method","uri":"$request_uri",'`,
    `  '"status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"host":"$host",'`,
    `  '"upstream":"$upstream_addr","upstream_status":"$upstream_status","upstream_seconds":"$upstream_response_time"}';`,
    "access_log /dev/stdout flotilla;",
    "",
    "keepalive_timeout 65s;",
    "keepalive_requests 1000;",
    `keepalive_min_timeout ${keepaliveMinSeconds}s;`,
    "",
    "# Docker's DNS; a restarted replica's new address is followed.",
    "resolver 127.0.0.11 valid=2s ipv6=off;",
    "resolver_timeout 2s;",
    "",
    "map $http_upgrade $upstream_connection {",
    '  "" "";',
    "  default upgrade;",
    "}",
  ];
}

function renderUpstream(upstream: Upstream): Lines {
  return [
    `upstream ${upstream.name} {`,
    ...indent([
      `zone ${upstream.name} 256k;`,
      ...(upstream.method === "round-robin" ? [] : [`${upstream.method};`]),
      `include members/${upstream.name}.conf;`,
      "keepalive 32;",
      "keepalive_timeout 60s;",
    ]),
    "}",
  ];
}

/** One server for each host that a route names, and one for all the others. */
function renderServers(balancer: Balancer): Lines[] {
  const hosts = [...new Set(balancer.routes.map((route) => route.host))].sort(byNameNoneLast);
  if (!hosts.includes(undefined)) hosts.push(undefined);
  return hosts.map((host) => [
    "server {",
    ...indent([
      host === undefined ? `listen ${balancer.port} default_server;` : `listen ${balancer.port};`,
      `server_name ${host ?? "_"};`,
      ...balancer.serverDirectives.map(statement),
      "",
      "location = /healthz {",
      "  access_log off;",
      "  default_type application/json;",
      `  return 200 '{"status":"ok"}';`,
      "}",
      ...renderLocations(
        balancer,
        balancer.routes.filter((route) => route.host === host),
      ),
    ]),
    "}",
  ]);
}

function byNameNoneLast(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function renderLocations(balancer: Balancer, routes: Route[]): Lines {
  const locations = routes.flatMap((route) => {
    const upstream = balancer.upstreams.find(({ name }) => name === route.upstream);
    if (upstream === undefined)
      throw new Error(`A route names the upstream "${route.upstream}", which does not exist.`);
    return ["", `location ${route.path} {`, ...indent(proxySettings(upstream)), "}"];
  });
  const elsewhere = routes.some((route) => route.path === "/")
    ? []
    : ["", "location / {", "  return 404;", "}"];
  return [...locations, ...elsewhere];
}

function proxySettings(upstream: Upstream): Lines {
  return [
    `proxy_pass http://${upstream.name};`,
    "proxy_http_version 1.1;",
    "proxy_set_header Host $http_host;",
    "proxy_set_header Connection $upstream_connection;",
    "proxy_set_header Upgrade $http_upgrade;",
    "proxy_set_header X-Real-IP $remote_addr;",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
    `proxy_connect_timeout ${upstream.connectSeconds}s;`,
    `proxy_read_timeout ${upstream.readSeconds}s;`,
    `proxy_send_timeout ${upstream.sendSeconds}s;`,
    ...(upstream.tries === 1
      ? ["proxy_next_upstream off;"]
      : [
          "proxy_next_upstream error timeout http_502 http_503 http_504;",
          `proxy_next_upstream_tries ${upstream.tries};`,
          `proxy_next_upstream_timeout ${upstream.retrySeconds}s;`,
        ]),
  ];
}

function renderControl(upstreams: Upstream[]): Lines {
  return [
    "server {",
    ...indent([
      `listen 127.0.0.1:${controlPort};`,
      "access_log off;",
      "",
      "location = /generation {",
      "  include generation.conf;",
      "}",
      ...upstreams.flatMap((upstream) => [
        "",
        `location = /probe/${upstream.name} {`,
        ...indent([
          `proxy_pass http://${upstream.name}${upstream.probePath};`,
          "proxy_http_version 1.1;",
          'proxy_set_header Connection "";',
          "proxy_connect_timeout 1s;",
          "proxy_read_timeout 3s;",
          "proxy_next_upstream off;",
          "add_header X-Upstream-Address $upstream_addr always;",
        ]),
        "}",
      ]),
    ]),
    "}",
  ];
}
