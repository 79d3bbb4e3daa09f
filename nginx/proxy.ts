import { hiddenHeaders } from "./headers";
import type { Lines } from "./lines";
import type { Balancer, Retries, Upstream } from "./model";
import { forwardedHeaders, portVariables, schemeVariable } from "./proxies";
import type { Route } from "./route-model";
import { clientCertificateHeaders } from "./tls";

/** How a request is passed on to a replica. */
export function proxySettings(
  balancer: Balancer,
  route: Route,
  upstream: Upstream,
  silentSeconds = route.silentSeconds,
): Lines {
  return [
    `proxy_pass http://${upstream.name};`,
    "proxy_http_version 1.1;",
    ...Object.entries({
      Connection: "$upstream_connection",
      Upgrade: "$upstream_upgrade",
      ...requestHeaders(balancer),
    }).map(([name, value]) => `proxy_set_header ${name} ${value};`),
    ...hiddenHeaders(balancer, route).map((name) => `proxy_hide_header ${name};`),
    `proxy_connect_timeout ${upstream.connectSeconds}s;`,
    `proxy_read_timeout ${silentSeconds ?? upstream.readSeconds}s;`,
    `proxy_send_timeout ${upstream.sendSeconds}s;`,
    // By it the connections of streams are told from those of requests when the replica has to go.
    `proxy_socket_keepalive ${silentSeconds === undefined ? "off" : "on"};`,
    ...retrySettings("proxy", upstream.retries),
    ...(route.silentSeconds === undefined
      ? []
      : ["proxy_buffering off;", "gzip off;", "chunked_transfer_encoding off;"]),
    ...(route.streamsUploads ? ["proxy_request_buffering off;"] : []),
  ];
}

/** How a call is passed on to a replica. */
export function grpcSettings(balancer: Balancer, upstream: Upstream): Lines {
  return [
    `grpc_pass grpc://${upstream.name};`,
    ...Object.entries(requestHeaders(balancer)).map(([name, value]) => `grpc_set_header ${name} ${value};`),
    `grpc_connect_timeout ${upstream.connectSeconds}s;`,
    `grpc_read_timeout ${upstream.readSeconds}s;`,
    `grpc_send_timeout ${upstream.sendSeconds}s;`,
    ...retrySettings("grpc", upstream.retries),
  ];
}

function requestHeaders(balancer: Balancer): Record<string, string> {
  const scheme = schemeVariable(balancer);
  // A request's target may name another host than its header does, and servers and kept answers go by the target's.
  const host = `$host${portVariables(balancer)}`;
  return {
    Host: host,
    "X-Real-IP": "$remote_addr",
    "X-Forwarded-Host": host,
    "X-Forwarded-Proto": scheme,
    ...(balancer.headers.requestId ? { "X-Request-ID": "$request_identity" } : {}),
    ...forwardedHeaders(balancer),
    ...clientCertificateHeaders(balancer),
  };
}

function retrySettings(module: "proxy" | "grpc", { on, tries, seconds, repeatWrites }: Retries): Lines {
  if (tries === 1 || on.length === 0) return [`${module}_next_upstream off;`];
  return [
    `${module}_next_upstream ${[...on, ...(repeatWrites ? ["non_idempotent"] : [])].join(" ")};`,
    `${module}_next_upstream_tries ${tries};`,
    `${module}_next_upstream_timeout ${seconds}s;`,
  ];
}
