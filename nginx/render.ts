import { httpSettings } from "./http";
import { apart, block, type Lines, statement } from "./lines";
import type { Balancer } from "./model";
import { renderServers } from "./servers";
import { renderControl } from "./control";
import { renderUpstreams } from "./upstreams";
import { metricsServer, watchModules } from "./watch-directives";

/** The text of `nginx.conf`. The members of each upstream are in files of their own, as `renderMembers` writes them. */
export function renderNginx(balancer: Balancer): string {
  const lines: Lines = [
    "# Written by Flotilla: changes by hand are overwritten by the next update.",
    ...(balancer.compression.brotli ? brotliModules : []),
    ...watchModules(balancer),
    "worker_processes auto;",
    // Newer engines give a container 1024 open files.
    "worker_rlimit_nofile 16384;",
    `worker_shutdown_timeout ${balancer.shutdownSeconds}s;`,
    "error_log /dev/stderr warn;",
    "pid /run/nginx.pid;",
    "",
    ...block("events", ["worker_connections 4096;"]),
    "",
    ...block("http", [
      ...httpSettings(balancer),
      ...apart(balancer.httpDirectives.map(statement)),
      ...renderUpstreams(balancer).flatMap(apart),
      ...renderServers(balancer).flatMap(apart),
      ...apart(metricsServer(balancer)),
      ...apart(renderControl(balancer)),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

const brotliModules = [
  "load_module modules/ngx_http_brotli_filter_module.so;",
  "load_module modules/ngx_http_brotli_static_module.so;",
];
