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
export function clientAddress({ trustedProxies }: Balancer): Lines {
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
  ];
}

/** The variable that holds the scheme by which the client asked. */
export function schemeVariable({ trustedProxies }: Balancer): string {
  return trustedProxies === undefined ? "$scheme" : "$forwarded_scheme";
}
