import type { Balancer } from "../../../../nginx/model";
import {
  countedRoute,
  holdErrors,
  holdLocation,
  holdNames,
  isHeld,
  metricsServer,
  replicaTitle,
  watchControl,
  watchHttp,
  watchModules,
  watchServer,
} from "../../../../nginx/watch";

/** The smallest configuration that everything of the watch works in. */
export function renderSettings(balancer: Balancer): string {
  const upstreams = new Map(balancer.upstreams.map((upstream) => [upstream.name, upstream]));
  const locations = balancer.routes.flatMap((route) => {
    const upstream = route.target.kind === "upstream" ? upstreams.get(route.target.upstream) : undefined;
    if (upstream === undefined) return [];
    const held = isHeld(route, upstream);
    const body = [
      ...countedRoute(balancer, route),
      `proxy_pass http://${upstream.name};`,
      "proxy_http_version 1.1;",
      'proxy_set_header Connection "";',
      "proxy_set_header Host $http_host;",
      "proxy_connect_timeout 1s;",
      "proxy_read_timeout 20s;",
      "proxy_next_upstream error timeout http_502 http_503 http_504;",
      "proxy_next_upstream_tries 3;",
      "add_header X-Served-By $replica_title always;",
      ...route.directives,
      ...(held ? holdErrors(balancer, route) : ["error_page 502 504 = @unavailable;"]),
    ];
    return [
      `location ${route.path} {`,
      ...body,
      "}",
      ...(held
        ? [
            `location ${holdNames(balancer, route).again} {`,
            ...body,
            "}",
            ...holdLocation(balancer, route, upstream),
          ]
        : []),
    ];
  });
  return [
    ...watchModules(balancer),
    "worker_processes 2;",
    "worker_shutdown_timeout 30s;",
    "error_log /dev/stderr warn;",
    "pid /run/nginx.pid;",
    "events { worker_connections 4096; }",
    "http {",
    "access_log off;",
    "keepalive_timeout 65s;",
    "keepalive_min_timeout 9s;",
    "resolver 127.0.0.11 valid=2s ipv6=off;",
    "resolver_timeout 2s;",
    "limit_req_zone $binary_remote_addr zone=few:1m rate=1r/s;",
    "limit_req_status 429;",
    ...replicaTitle(),
    ...watchHttp(balancer),
    ...balancer.upstreams.flatMap(({ name }) => [
      `upstream ${name} {`,
      `zone ${name} 256k;`,
      "least_conn;",
      `include members/${name}.conf;`,
      "keepalive 32;",
      "}",
    ]),
    "server {",
    `listen ${balancer.port} default_server;`,
    "location = /healthz { access_log off; return 200 ok; }",
    ...watchServer(balancer),
    ...locations,
    'location @unavailable { add_header Retry-After 5 always; return 503 "no replica\\n"; }',
    "}",
    ...metricsServer(balancer),
    "server {",
    "listen 127.0.0.1:8101;",
    "access_log off;",
    "location = /generation { include generation.conf; }",
    ...balancer.upstreams.flatMap(({ name, probePath }) => [
      `location = /probe/${name} {`,
      `proxy_pass http://${name}${probePath};`,
      "proxy_http_version 1.1;",
      'proxy_set_header Connection "";',
      "proxy_connect_timeout 1s;",
      "proxy_read_timeout 3s;",
      "proxy_next_upstream off;",
      "add_header X-Upstream-Address $upstream_addr always;",
      "}",
    ]),
    ...watchControl(balancer),
    "}",
    "}",
    "",
  ].join("\n");
}
