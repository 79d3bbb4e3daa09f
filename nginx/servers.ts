import { commonHeaders } from "./headers";
import { apart, block, type Lines, statement } from "./lines";
import { renderLocations } from "./locations";
import type { Balancer } from "./model";
import { failureLocations } from "./failures";
import type { Route } from "./route-model";
import { certificateOf } from "./tls";
import { watchServer } from "./watch";

/** One server for each host that a route names, and one for all the others. */
export function renderServers(balancer: Balancer): Lines[] {
  const hosts = [...new Set(balancer.routes.map((route) => route.host))].sort(byNameNoneLast);
  if (!hosts.includes(undefined)) hosts.push(undefined);
  const redirects = balancer.tls?.redirectPort !== undefined;
  return [
    ...hosts.map((host) => renderServer(balancer, host)),
    ...(redirects ? [renderRedirect(balancer)] : []),
  ];
}

function byNameNoneLast(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function renderServer(balancer: Balancer, host: string | undefined): Lines {
  const routes = balancer.routes.filter((route) => route.host === host);
  return block("server", [
    ...listeners(balancer, host),
    ...(balancer.tls === undefined ? [] : certificateOf(balancer.tls, host)),
    `server_name ${host ?? "_"};`,
    ...commonHeaders({ ...balancer, serverDirectives: [] }),
    ...balancer.serverDirectives.map(statement),
    ...ownHealth(balancer, routes).flatMap(apart),
    ...watchServer(balancer).flatMap(apart),
    ...routes.flatMap((route) => renderLocations(balancer, route).flatMap(apart)),
    ...(routes.some(({ path, match }) => path === "/" && match === "prefix")
      ? []
      : apart(block("location /", ["return 404;"]))),
    ...failureLocations(balancer).flatMap(apart),
  ]);
}

function listeners(balancer: Balancer, host: string | undefined): Lines {
  const { port, tls, routes } = balancer;
  const isDefault = host === undefined ? " default_server" : "";
  const proxied = balancer.trustedProxies?.header === "proxy_protocol" ? " proxy_protocol" : "";
  const speaksGrpc = routes.some(({ target }) => target.kind === "upstream" && target.protocol === "grpc");
  return [
    ...(tls?.redirectPort === undefined ? [`listen ${port}${proxied}${isDefault};`] : []),
    ...(tls === undefined ? [] : [`listen ${tls.port} ssl${proxied}${isDefault};`]),
    ...(speaksGrpc || tls?.http2 === true ? ["http2 on;"] : []),
  ];
}

/** Says that the balancer itself works; a route of the same path has it answered by a replica. */
function ownHealth(balancer: Balancer, routes: Route[]): Lines[] {
  return balancer.ownHealth
    .filter((path) => !routes.some((route) => route.path === path && route.match !== "regex"))
    .map((path) =>
      block(`location = ${path}`, [
        "access_log off;",
        "default_type application/json;",
        `return 200 '{"status":"ok"}';`,
      ]),
    );
}

/** Sends plain HTTP to TLS. */
function renderRedirect(balancer: Balancer): Lines {
  const redirectPort = balancer.tls?.redirectPort ?? 443;
  const proxied = balancer.trustedProxies?.header === "proxy_protocol" ? " proxy_protocol" : "";
  return block("server", [
    `listen ${balancer.port}${proxied} default_server;`,
    "server_name _;",
    ...ownHealth(balancer, []).flatMap(apart),
    "",
    ...block("location /", [
      `return 308 https://$host${redirectPort === 443 ? "" : `:${redirectPort}`}$request_uri;`,
    ]),
  ]);
}
