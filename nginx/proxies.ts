import { block, type Lines } from "./lines";
import type { Balancer } from "./model";

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
