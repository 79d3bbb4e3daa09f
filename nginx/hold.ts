import { controlPort } from "./control-port";
import { failureSettings } from "./failures";
import { block, type Lines } from "./lines";
import type { Balancer, Upstream } from "./model";
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
}

/** How a route's requests wait; undefined when they do not. An upload that is passed on piece by piece cannot wait. */
export function findHold(balancer: Balancer, route: Route): Hold | undefined {
  const upstream = findHttpUpstream(balancer, route);
  if (upstream === undefined || upstream.holdSeconds === 0 || route.streamsUploads) return undefined;
  const number = balancer.routes.indexOf(route) + 1;
  const again = `@again_${number}`;
  return { upstream, name: `@hold_${number}`, again, againWebSockets: `${again}_web_sockets` };
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
export function holdLocation({ name, again, upstream }: Hold, group: Upstream): Lines {
  const writes = upstream.retries.repeatWrites ? 1 : 0;
  return block(`location ${name}`, [
    `set $again ${again}$again_kind;`,
    `proxy_pass http://127.0.0.1:${controlPort}/hold?upstream=${upstream.name}&group=${group.name}&again=$again&writes=${writes};`,
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
    `proxy_read_timeout ${upstream.holdSeconds + 10}s;`,
    "proxy_next_upstream off;",
    "proxy_intercept_errors on;",
    ...failureSettings,
    "recursive_error_pages on;",
  ]);
}
