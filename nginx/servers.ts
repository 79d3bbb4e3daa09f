import { commonHeaders } from "./headers";
import { apart, block, type Lines, statement } from "./lines";
import { renderLocations, renderRespelledLocation } from "./locations";
import type { Balancer } from "./model";
import { failureLocations } from "./failures";
import { maintenanceLocations } from "./maintenance";
import { findRespelled, refuseHiddenParents } from "./spellings";
import { challengeLocations, chooseCertificate, showCertificate } from "./tls";
import type { Certificate } from "./tls-model";
import { healthLocations, watchServer } from "./watch-directives";

/** The server for clients of some hosts. */
interface Server {
  /** Names of the hosts; none for all that no other server names. */
  names: string[];
  /** The host whose routes it has; absent for those of no host. */
  host?: string;
  /** Certificate that it shows. */
  certificate?: Certificate | undefined;
}

/** One server for each host that a route or a certificate names, and one for all the others. */
export function renderServers(balancer: Balancer): Lines[] {
  const redirects = balancer.tls?.redirectPort !== undefined;
  return [
    ...listServers(balancer).map((server) => renderServer(balancer, server)),
    ...(redirects ? [renderRedirect(balancer)] : []),
  ];
}

function listServers({ routes, tls }: Balancer): Server[] {
  const certificates = tls?.certificates ?? [];
  const hosts = [...new Set(routes.flatMap(({ host }) => host ?? []))].sort();
  const named = new Set(hosts.map((host) => host.toLowerCase()));
  const usual = chooseCertificate(certificates, undefined);
  const others = certificates.flatMap((certificate): Server[] => {
    const names = (certificate.hosts ?? []).filter((name) => !named.has(name.toLowerCase()));
    return certificate === usual || names.length === 0 ? [] : [{ names, certificate }];
  });
  return [
    ...hosts.map((host) => ({ names: [host], host, certificate: chooseCertificate(certificates, host) })),
    ...others,
    { names: [], certificate: usual },
  ];
}

function renderServer(balancer: Balancer, { names, host, certificate }: Server): Lines {
  const routes = balancer.routes.filter((route) => route.host === host);
  // Where all routes name their hosts, others are not asked for here.
  const isStranger = routes.length === 0 && balancer.routes.length > 0;
  return block("server", [
    ...listeners(balancer, names.length === 0),
    ...(certificate === undefined ? [] : showCertificate(certificate)),
    `server_name ${names.length === 0 ? "_" : names.join(" ")};`,
    ...commonHeaders({ ...balancer, serverDirectives: [] }),
    ...balancer.serverDirectives.map(statement),
    ...refuseHiddenParents(routes),
    ...healthLocations(balancer, routes).flatMap(apart),
    ...challengeLocations(balancer).flatMap(apart),
    ...watchServer(balancer).flatMap(apart),
    ...routes.flatMap((route) => renderLocations(balancer, route).flatMap(apart)),
    ...findRespelled(routes).flatMap((route) => apart(renderRespelledLocation(balancer, route))),
    ...(routes.some(({ path, match }) => path === "/" && match === "prefix")
      ? []
      : apart(block("location /", [`return ${isStranger ? 421 : 404};`]))),
    ...failureLocations(balancer).flatMap(apart),
    ...maintenanceLocations(balancer).flatMap(apart),
  ]);
}

function listeners(balancer: Balancer, forAllOthers: boolean): Lines {
  const { port, tls, routes, trustedProxies } = balancer;
  const isDefault = forAllOthers ? defaultServer(balancer) : "";
  const proxied = trustedProxies?.header === "proxy_protocol" ? " proxy_protocol" : "";
  const speaksGrpc = routes.some(({ target }) => target.kind === "upstream" && target.protocol === "grpc");
  return [
    ...(tls?.redirectPort === undefined ? [`listen ${port}${proxied}${isDefault};`] : []),
    ...(tls === undefined ? [] : [`listen ${tls.port} ssl${proxied}${isDefault};`]),
    ...(speaksGrpc || tls?.http2 === true ? ["http2 on;"] : []),
  ];
}

/** Words of the server for all hosts that no other names. Several Nginx share the ports of a front, each with its own sockets. */
function defaultServer({ sharesFront }: Balancer): string {
  return ` default_server${sharesFront ? " reuseport" : ""}`;
}

/** Sends plain HTTP to TLS. */
function renderRedirect(balancer: Balancer): Lines {
  const redirectPort = balancer.tls?.redirectPort ?? 443;
  const proxied = balancer.trustedProxies?.header === "proxy_protocol" ? " proxy_protocol" : "";
  return block("server", [
    `listen ${balancer.port}${proxied}${defaultServer(balancer)};`,
    "server_name _;",
    ...healthLocations(balancer, []).flatMap(apart),
    ...challengeLocations(balancer).flatMap(apart),
    "",
    ...block("location /", [
      `return 308 https://$host${redirectPort === 443 ? "" : `:${redirectPort}`}$request_uri;`,
    ]),
  ]);
}
