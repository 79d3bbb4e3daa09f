import { renderKeptAssets, separateAssets } from "./assets";
import { cacheSettings } from "./cache";
import { corsSettings } from "./cors";
import { countedRoute } from "./counted";
import { failureSettings } from "./failures";
import {
  findHold,
  heldLocation,
  heldSettings,
  type Hold,
  holdErrors,
  holdLocation,
  rewriteSettings,
  toAgain,
} from "./hold";
import { routeHeaders } from "./headers";
import { findKeyed, separateKeyed } from "./keyed";
import { findLastResort, lastResortErrors, lastResortGuard } from "./last-resort";
import { limitSettings } from "./limits";
import { refuseLineBreaks } from "./line-breaks";
import { block, type Lines, quote, statement } from "./lines";
import { maintenanceSettings } from "./maintenance";
import type { Balancer, Upstream } from "./model";
import { findWebSockets, separateWebSockets, webSocketSeconds } from "./web-sockets";
import { grpcSettings, proxySettings } from "./proxy";
import type { Route } from "./route-model";
import { renderPattern, renderRespelled } from "./spellings";
import { renderFormerFiles, serveFiles } from "./static-files";

/** The location of a route, and further ones where its requests wait for a replica. */
export function renderLocations(balancer: Balancer, route: Route): Lines[] {
  const webSockets = findWebSockets(balancer, route);
  const keyed = findKeyed(balancer, route);
  return [
    renderLocation(balancer, route, renderPath(route)),
    ...(keyed === undefined
      ? []
      : [
          renderLocation(keyed.balancer, route, `location ${keyed.location}`),
          ...renderOnceMore(keyed.balancer, route),
        ]),
    ...(webSockets === undefined ? [] : [renderLocation(balancer, route, `location ${webSockets}`)]),
    ...renderOnceMore(balancer, route),
    ...renderFormerFiles(balancer, route, renderCors(balancer, route).headers),
    ...renderKeptAssets(balancer, route, renderCors(balancer, route).headers),
  ];
}

/** The location of the other spellings of a route's path. */
export function renderRespelledLocation(balancer: Balancer, route: Route): Lines {
  return renderLocation(balancer, route, renderRespelled(route));
}

/** Locations that are named for requests that found no replica. */
function renderOnceMore(balancer: Balancer, route: Route): Lines[] {
  const [hold, lastResort] = [findHold(balancer, route), findLastResort(balancer, route)];
  return [
    ...(lastResort === undefined
      ? []
      : [
          passOnceMore(balancer, route, lastResort.name, {
            before: lastResortGuard(lastResort, hold),
            group: lastResort.uncounted,
          }),
        ]),
    ...(hold === undefined ? [] : renderHold(balancer, route, hold, lastResort?.uncounted ?? hold.upstream)),
  ];
}

function renderHold(balancer: Balancer, route: Route, hold: Hold, asked: Upstream): Lines[] {
  const { before, group } = toAgain(asked);
  const again = { before: [...before, ...holdErrors(hold)], group };
  const afterHeld = { ...again, before: [...again.before, ...rewriteSettings(route)] };
  const forWebSockets = findWebSockets(balancer, route) !== undefined;
  const pass = (name: string, webSockets: string, how: typeof again): Lines[] => [
    passOnceMore(balancer, route, name, how),
    ...(forWebSockets
      ? [passOnceMore(balancer, route, webSockets, { ...how, seconds: webSocketSeconds })]
      : []),
  ];
  return [
    holdLocation(balancer, hold, asked),
    ...pass(hold.again, hold.againWebSockets, again),
    heldLocation(balancer, route, hold, asked),
    ...(hold.afterHeld === hold.again ? [] : pass(hold.afterHeld, hold.afterHeldWebSockets, afterHeld)),
  ];
}

/** Passes on what went through the route's own location before. */
function passOnceMore(
  balancer: Balancer,
  route: Route,
  name: string,
  { before, group, seconds }: { before: Lines; group: Upstream; seconds?: number },
): Lines {
  return block(`location ${name}`, [
    ...before,
    "recursive_error_pages on;",
    ...failureSettings,
    ...(route.bodyLimitMiB === undefined ? [] : [`client_max_body_size ${route.bodyLimitMiB}m;`]),
    ...routeHeaders(balancer, route, renderCors(balancer, route).headers),
    ...proxySettings(balancer, route, group, seconds),
    ...(route.cache === undefined ? [] : cacheSettings(route.cache)),
    ...route.directives.map(statement),
  ]);
}

function renderCors(balancer: Balancer, route: Route): { headers: Lines; preflight: Lines } {
  const cors = route.cors ?? balancer.cors;
  return cors === undefined ? { headers: [], preflight: [] } : corsSettings(balancer, cors);
}

function renderLocation(balancer: Balancer, route: Route, head: string): Lines {
  const { headers, preflight } = renderCors(balancer, route);
  const [hold, lastResort] = [findHold(balancer, route), findLastResort(balancer, route)];
  const webSockets = findWebSockets(balancer, route);
  const forWebSockets = head === `location ${webSockets ?? ""}`;
  return block(head, [
    ...(head.startsWith("location @")
      ? []
      : [...separateWebSockets(webSockets), ...separateKeyed(findKeyed(balancer, route))]),
    ...countedRoute(balancer, route),
    ...maintenanceSettings(balancer, route),
    ...preflight,
    ...limitSettings(balancer, route),
    ...refuseLineBreaks(route),
    ...(route.bodyLimitMiB === undefined ? [] : [`client_max_body_size ${route.bodyLimitMiB}m;`]),
    ...heldSettings(hold),
    ...(head.startsWith("location @") ? [] : separateAssets(balancer, route)),
    ...rewriteSettings(route),
    ...routeHeaders(balancer, route, headers),
    // What opens a WebSocket would be given up there when it is silent for as long as an answer may be.
    ...(forWebSockets && hold !== undefined ? [] : lastResortErrors(lastResort)),
    ...holdErrors(hold),
    // What comes from another location, or goes on to one, may fail once more.
    ...(forWebSockets || hold !== undefined || lastResort !== undefined ? ["recursive_error_pages on;"] : []),
    ...failureSettings,
    ...targetSettings(balancer, route, forWebSockets),
    ...(route.cache === undefined ? [] : cacheSettings(route.cache)),
    ...route.directives.map(statement),
  ]);
}

function renderPath(route: Route): string {
  const { path, match } = route;
  if (match === "exact") return `location = ${path}`;
  return match === "regex" ? renderPattern(route) : `location ${path}`;
}

function targetSettings(balancer: Balancer, route: Route, forWebSockets: boolean): Lines {
  const { target } = route;
  switch (target.kind) {
    case "redirect":
      return [`return ${target.status} ${quote(target.to)};`];
    case "static":
      return serveFiles(balancer, route, target);
    case "upstream": {
      const upstream = findUpstream(balancer, target.upstream);
      return target.protocol === "grpc"
        ? grpcSettings(balancer, upstream)
        : proxySettings(balancer, route, upstream, forWebSockets ? webSocketSeconds : undefined);
    }
  }
}

function findUpstream({ upstreams }: Balancer, wanted: string): Upstream {
  const upstream = upstreams.find(({ name }) => name === wanted);
  if (upstream === undefined)
    throw new Error(`A route names the upstream "${wanted}", which does not exist.`);
  return upstream;
}
