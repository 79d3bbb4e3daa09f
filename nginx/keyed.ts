import { findHttpUpstream } from "./hold";
import { block, type Lines } from "./lines";
import { nameLocation } from "./location-names";
import type { Balancer } from "./model";
import type { Route } from "./route-model";

/** The location of requests that carry a key, and the balancer as it is for them: whatever they do may be done again. */
export interface Keyed {
  location: string;
  balancer: Balancer;
}

/** How requests with a key go another way than others; undefined where all go the same. */
export function findKeyed(balancer: Balancer, route: Route): Keyed | undefined {
  const upstream = findHttpUpstream(balancer, route);
  if (upstream?.retries.repeatKeyed !== true || upstream.retries.tries === 1) return undefined;
  const retries = { ...upstream.retries, repeatWrites: true, repeatKeyed: false };
  return {
    location: nameLocation(balancer, route, "keyed"),
    balancer: {
      ...balancer,
      prefix: "keyed_",
      upstreams: balancer.upstreams.map((each) => (each === upstream ? { ...each, retries } : each)),
    },
  };
}

/** A status that no application answers with: it sends a request to where keys count. */
const toKeyed = 597;

/** Has requests with a key handled in a location of their own; stands in front of all that may end a request. */
export function separateKeyed(keyed: Keyed | undefined): Lines {
  if (keyed === undefined) return [];
  return [
    `error_page ${toKeyed} = ${keyed.location};`,
    ...block('if ($http_idempotency_key != "")', [`return ${toKeyed};`]),
  ];
}
