import { block, type Lines } from "./lines";
import type { Balancer } from "./model";
import { isOlder, type NginxVersion } from "./version";

/** Nginx tells the port that was asked for since then. */
const requestPortSince: NginxVersion = [1, 29, 3];

/** Variables that hold the port that was asked for, with the colon in front, and nothing where none was named. */
export function portVariables({ version }: Balancer): string {
  return isOlder(version, requestPortSince) ? "$asked_port" : "$is_request_port$request_port";
}

/** The map that `portVariables` needs. */
export function portMap({ version }: Balancer): Lines {
  if (!isOlder(version, requestPortSince)) return [];
  return block("map $http_host $asked_port", ['"~(?<port_of_host>:[0-9]+)$" $port_of_host;', 'default "";']);
}

/** Whose word counts for the client's address and scheme. */
export function clientAddress(balancer: Balancer): Lines {
  const { trustedProxies } = balancer;
  if (trustedProxies === undefined) return [];
  const { addresses, header } = trustedProxies;
  return [
    ...addresses.map((address) => `set_real_ip_from ${address};`),
    `real_ip_header ${header};`,
    "real_ip_recursive on;",
    // By the address that the connection came from, before a header replaced it.
    ...block("geo $realip_remote_addr $is_trusted_proxy", [
      "default 0;",
      ...addresses.map((address) => `${address} 1;`),
    ]),
    ...block('map "$is_trusted_proxy:$http_x_forwarded_proto" $forwarded_scheme', [
      "~^1:(?<scheme_of_client>https?)$ $scheme_of_client;",
      "default $scheme;",
    ]),
    ...(tellsHeaders(balancer)
      ? [
          ...block("map $is_trusted_proxy $forwarded_for", [
            "1 $proxy_add_x_forwarded_for;",
            "default $remote_addr;",
          ]),
          ...tellingHeaders.flatMap((name) =>
            block(`map $is_trusted_proxy ${nameTold(name)}`, [
              `1 $http_${name.toLowerCase().replaceAll("-", "_")};`,
              'default "";',
            ]),
          ),
        ]
      : []),
  ];
}

/** Headers by which applications are told how clients came, and of which the balancer has nothing to tell. */
const tellingHeaders = ["Forwarded", "X-Forwarded-Port", "X-Forwarded-Prefix"];

/** Headers that some applications believe whoever sends them. */
const neverTold = [
  ...["Proxy", "X-Original-URL", "X-Rewrite-URL"],
  ...["X-Forwarded-Server", "X-Forwarded-Scheme", "X-Forwarded-Ssl"],
  ...["X-Client-Verified", "X-Client-Subject"],
];

/** Whether a proxy tells how clients came: by its protocol it tells their address alone. */
function tellsHeaders({ trustedProxies }: Balancer): boolean {
  return trustedProxies !== undefined && trustedProxies.header !== "proxy_protocol";
}

function nameTold(header: string): string {
  return `$told_${header.toLowerCase().replaceAll("-", "_")}`;
}

/** The way of a request, as applications are told of it: by a trusted proxy, and never by clients. */
export function forwardedHeaders(balancer: Balancer): Record<string, string> {
  if (balancer.believesClients) return { "X-Forwarded-For": "$proxy_add_x_forwarded_for" };
  const tells = tellsHeaders(balancer);
  return {
    "X-Forwarded-For": tells ? "$forwarded_for" : "$remote_addr",
    ...Object.fromEntries(tellingHeaders.map((name) => [name, tells ? nameTold(name) : '""'])),
    ...Object.fromEntries(neverTold.map((name) => [name, '""'])),
  };
}

/** The variable that holds the scheme by which the client asked. */
export function schemeVariable({ trustedProxies }: Balancer): string {
  return trustedProxies === undefined ? "$scheme" : "$forwarded_scheme";
}
