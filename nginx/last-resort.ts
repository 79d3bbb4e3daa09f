import { findHttpUpstream, type Hold, holdErrors } from "./hold";
import { block, type Lines } from "./lines";
import { nameLocation } from "./location-names";
import type { Balancer, Upstream } from "./model";
import type { Route } from "./route-model";

/**
 * Where requests go when every replica has failed too often to be asked. A few answers of 503 to one path would
 * otherwise take all replicas away from all other paths for a while. Replicas that the watch has taken out stay out.
 */
export interface LastResort {
  upstream: Upstream;
  /** The same replicas, whose failures are not counted. */
  uncounted: Upstream;
  /** Location in which they are asked. */
  name: string;
}

/** The last resort of a route; undefined where nothing is counted. */
export function findLastResort(balancer: Balancer, route: Route): LastResort | undefined {
  const upstream = findHttpUpstream(balancer, route);
  // A group of its own would have connections of its own beyond the limit.
  if (upstream === undefined || upstream.maxFails === 0 || upstream.limitsConnections) return undefined;
  const uncounted = { ...upstream, name: `${upstream.name}_uncounted` };
  return { upstream, uncounted, name: nameLocation(balancer, route, "last_resort") };
}

/** The group of a pool whose failures are not counted; undefined where no route has a last resort in it. */
export function findUncounted(balancer: Balancer, upstream: Upstream): Upstream | undefined {
  return balancer.routes
    .flatMap((route) => findLastResort(balancer, route) ?? [])
    .find((lastResort) => lastResort.upstream === upstream)?.uncounted;
}

/** Sends requests that found no replica to the last resort; stands in front of what they are answered otherwise. */
export function lastResortErrors(lastResort: LastResort | undefined): Lines {
  return lastResort === undefined ? [] : [`error_page 502 = ${lastResort.name};`];
}

/**
 * Turns away what may have been carried out by a replica: what only asks may come after tries that failed, and all else when no
 * byte of it was sent. When a replica comes back at another address, Nginx gives up requests that are looking for the next one;
 * that can happen once more here, since the two groups learn the address one after the other. Where requests may wait, it is
 * found there who may be sent again.
 */
export function lastResortGuard({ upstream, uncounted, name }: LastResort, hold: Hold | undefined): Lines {
  // Nginx gives the group's name for a try that found nobody.
  const gaveUp = ({ name: group }: Upstream): string => `(?:\\S+, )*${group}`;
  const places = `${gaveUp(upstream)}(?: : ${gaveUp(uncounted)})?`;
  const repeatable = upstream.retries.repeatWrites ? "\\S+" : "(?:GET|HEAD|OPTIONS)";
  const nothingSent = "0(?:(?:,| :) 0)*";
  return [
    'set $tries "$request_method $upstream_addr; $upstream_bytes_sent";',
    ...block(`if ($tries !~ "^(?:${repeatable} ${places}; .*|\\S+ ${places}; ${nothingSent})$")`, [
      `return ${hold === undefined ? 503 : 502};`,
    ]),
    ...(hold === undefined ? [`error_page 502 = ${name};`] : holdErrors(hold)),
  ];
}
