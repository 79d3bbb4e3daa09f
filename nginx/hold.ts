import { failureSettings } from "./failures";
import { limitSettings } from "./limits";
import { block, type Lines, quote } from "./lines";
import { nameLocation } from "./location-names";
import type { Balancer, Upstream } from "./model";
import { nameControl } from "./own-place";
import { mostHeldSeconds, places } from "./places";
import type { Route } from "./route-model";

/** A route whose requests wait while no replica can answer. */
export interface Hold {
  upstream: Upstream;
  /** Location in which they wait. */
  name: string;
  /** Location that passes them on once more. */
  again: string;
  /** Location that passes those on once more that open a WebSocket. */
  againWebSockets: string;
  /** Location in which they wait because an operator holds them, before anybody has had them. */
  held: string;
  /** Location that passes those on which were held, and that one for WebSockets. */
  afterHeld: string;
  afterHeldWebSockets: string;
}

/** How a route's requests wait; undefined when they do not. An upload that is passed on piece by piece cannot wait. */
export function findHold(balancer: Balancer, route: Route): Hold | undefined {
  const upstream = findHttpUpstream(balancer, route);
  if (upstream === undefined || upstream.holdSeconds === 0 || route.streamsUploads) return undefined;
  const name = (what: string): string => nameLocation(balancer, route, what);
  const again = name("again");
  // What is held has not been rewritten yet.
  const afterHeld = route.rewrite === undefined ? again : name("after_held");
  return {
    ...{ upstream, name: name("hold"), again, againWebSockets: `${again}_web_sockets` },
    ...{ held: name("held"), afterHeld, afterHeldWebSockets: `${afterHeld}_web_sockets` },
  };
}

/** The variable by which what opens a WebSocket finds its location again. */
export const holdMap: Lines = block("map $upstream_upgrade $again_kind", ['"" "";', "default _web_sockets;"]);

/** The group that a route's requests go to by HTTP; calls are not given to others when they fail. */
export function findHttpUpstream({ upstreams }: Balancer, { target }: Route): Upstream | undefined {
  if (target.kind !== "upstream" || target.protocol === "grpc") return undefined;
  return upstreams.find(({ name }) => name === target.upstream);
}

/** Sends requests that found no replica to where they wait; stands in front of what they are answered otherwise. */
export function holdErrors(hold: Hold | undefined): Lines {
  return hold === undefined ? [] : [`error_page 502 504 = ${hold.name};`];
}

/** A status that no application answers with: it sends a request to where it is held. */
const toHeld = 598;

/** Sends requests to where they are held, while an operator holds those of the pool; stands in front of a rewrite. */
export function heldSettings(hold: Hold | undefined): Lines {
  if (hold === undefined) return [];
  return block(`if (-f ${places.held}${hold.upstream.name})`, [
    `error_page ${toHeld} = ${hold.held};`,
    `return ${toHeld};`,
  ]);
}

/** The variable with the group, or the replica, that a request goes to after it has waited. */
const target = "$again_to";

/** Where requests go after they have waited: the group as its members are now, or one replica. */
export function toAgain(group: Upstream): { before: Lines; group: Upstream } {
  return {
    // Before the next try has answers of its own.
    before: [`set ${target} $upstream_http_x_flotilla_to;`],
    group: { ...group, name: target },
  };
}

/**
 * The location in which requests wait. They are passed to a waiting room, because only so Nginx notices that a client
 * leaves; it sends them on, or says that no replica has come.
 */
export function holdLocation(balancer: Balancer, { name, again, upstream }: Hold, group: Upstream): Lines {
  const [place, seconds] = [`location ${name}`, upstream.holdSeconds];
  return block(place, waitingRoom(balancer, upstream, { again, group: group.name, seconds }));
}

/** The location in which requests are held; who may ask, and how often, has not been looked at yet. */
export function heldLocation(balancer: Balancer, route: Route, hold: Hold, group: Upstream): Lines {
  const { held, afterHeld, upstream } = hold;
  const seconds = mostHeldSeconds + upstream.holdSeconds;
  return block(`location ${held}`, [
    ...limitSettings(balancer, route),
    ...(route.bodyLimitMiB === undefined ? [] : [`client_max_body_size ${route.bodyLimitMiB}m;`]),
    ...waitingRoom(balancer, upstream, { again: afterHeld, group: `${group.name}&held=1`, seconds }),
  ]);
}

/** The rewrite of what was held, which comes last because it ends what is done in its place. */
export function rewriteSettings({ rewrite }: Route): Lines {
  return rewrite === undefined ? [] : [`rewrite ${quote(rewrite.pattern)} ${quote(rewrite.to)} break;`];
}

function waitingRoom(
  balancer: Balancer,
  upstream: Upstream,
  { again, group, seconds }: { again: string; group: string; seconds: number },
): Lines {
  const writes = upstream.retries.repeatWrites ? 1 : 0;
  return [
    `set $again ${again}$again_kind;`,
    `proxy_pass http://${nameControl(balancer)}/hold?upstream=${upstream.name}&group=${group}&again=$again&writes=${writes};`,
    "proxy_method GET;",
    "proxy_http_version 1.1;",
    "proxy_pass_request_headers off;",
    "proxy_pass_request_body off;",
    'proxy_set_header Content-Length "";',
    'proxy_set_header Connection "";',
    "proxy_set_header X-Method $request_method;",
    "proxy_set_header X-Addresses $upstream_addr;",
    "proxy_set_header X-Statuses $upstream_status;",
    "proxy_set_header X-Bytes-Sent $upstream_bytes_sent;",
    "proxy_set_header X-Times $upstream_response_time;",
    `proxy_read_timeout ${seconds + 10}s;`,
    "proxy_next_upstream off;",
    "proxy_intercept_errors on;",
    ...failureSettings,
    "recursive_error_pages on;",
  ];
}
