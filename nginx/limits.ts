import type { Lines } from "./lines";
import type { Balancer } from "./model";
import type { Access, Rate, Route } from "./route-model";

/** Memory in which clients are counted: about 160,000 of them. */
const zoneSize = "10m";

/** The zones in which requests and connections of each client address are counted. */
export function limitZones({ rate, connectionsPerAddress, routes }: Balancer): Lines {
  return [
    ...(rate === undefined ? [] : [renderZone("rate", rate)]),
    ...routes.flatMap((route, index) =>
      route.rate === undefined ? [] : [renderZone(`rate_${index + 1}`, route.rate)],
    ),
    ...(connectionsPerAddress === undefined
      ? []
      : [`limit_conn_zone $binary_remote_addr zone=connections:${zoneSize};`]),
    ...routes.flatMap((route, index) =>
      route.connectionsPerAddress === undefined
        ? []
        : [`limit_conn_zone $binary_remote_addr zone=connections_${index + 1}:${zoneSize};`],
    ),
  ];
}

function renderZone(name: string, { perSecond }: Rate): string {
  const speed = Number.isInteger(perSecond) ? `${perSecond}r/s` : `${Math.round(perSecond * 60)}r/m`;
  return `limit_req_zone $binary_remote_addr zone=${name}:${zoneSize} rate=${speed};`;
}

/** Limits for a client of a route; one of its own stands in for the balancer's. */
export function limitSettings(balancer: Balancer, route: Route): Lines {
  const number = balancer.routes.indexOf(route) + 1;
  const rate = route.rate ?? balancer.rate;
  const connections = route.connectionsPerAddress ?? balancer.connectionsPerAddress;
  return [
    ...(rate === undefined
      ? []
      : [
          `limit_req zone=${route.rate === undefined ? "rate" : `rate_${number}`}${rate.burst === 0 ? "" : ` burst=${rate.burst} nodelay`};`,
          "limit_req_status 429;",
        ]),
    ...(connections === undefined
      ? []
      : [
          `limit_conn ${route.connectionsPerAddress === undefined ? "connections" : `connections_${number}`} ${connections};`,
          "limit_conn_status 429;",
        ]),
    ...accessSettings(route.access ?? balancer.access),
  ];
}

/** Who may ask. */
export function accessSettings(access: Access | undefined): Lines {
  if (access === undefined) return [];
  return [
    ...access.deny.map((address) => `deny ${address};`),
    ...access.allow.map((address) => `allow ${address};`),
    ...(access.allow.length === 0 ? [] : ["deny all;"]),
  ];
}
