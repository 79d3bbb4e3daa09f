import { findHttpUpstream } from "./hold";
import { block, type Lines } from "./lines";
import { nameLocation } from "./location-names";
import type { Balancer } from "./model";
import type { Route } from "./route-model";

/** A status that no application answers with: it sends a request to another location. */
const elsewhere = 599;

/** Seconds that a WebSocket may be silent, as long as a stream may that says nothing of it. */
export const webSocketSeconds = 3600;

/** The location of a route's WebSockets; undefined where all of its answers are streams, or none can be a WebSocket. */
export function findWebSockets(balancer: Balancer, route: Route): string | undefined {
  const isHttp = findHttpUpstream(balancer, route) !== undefined;
  // One that opens a WebSocket carries no key.
  if (!isHttp || route.silentSeconds !== undefined || balancer.prefix !== undefined) return undefined;
  return nameLocation(balancer, route, "web_sockets");
}

/** Has WebSockets handled in a location of their own; stands in front of all that may end a request. */
export function separateWebSockets(location: string | undefined): Lines {
  if (location === undefined) return [];
  return [
    `error_page ${elsewhere} = ${location};`,
    ...block('if ($upstream_upgrade != "")', [`return ${elsewhere};`]),
  ];
}
