import { addHeader, block, type Header, type Lines, quote, statement } from "./lines";
import type { Balancer } from "./model";
import { corsHeaders } from "./cors";
import { replicaTitle } from "./replica-title";
import type { Route } from "./route-model";

/** Variables that the headers of answers are made from. */
export function headerMaps({ headers, routes, tls }: Balancer): Lines {
  return [
    // Anything else could not be told from the rest of a log line.
    ...block("map $http_x_request_id $request_identity", [
      '"" $request_id;',
      '"~^[A-Za-z0-9._:-]{1,128}$" $http_x_request_id;',
      "default $request_id;",
    ]),
    // An answer's own header wins: two of the same name would contradict each other.
    ...Object.entries(headers.security).flatMap(([name, value]) =>
      block(`map $upstream_http_${toVariable(name)} $own_${toVariable(name)}`, [
        `"" ${quote(value)};`,
        'default "";',
      ]),
    ),
    ...replicaTitle,
    ...(headers.instance
      ? block("map $upstream_http_x_instance_id $instance_id", [
          '"" $replica_title;',
          "default $upstream_http_x_instance_id;",
        ])
      : []),
    // What the application says nobody may keep, browsers keep for nobody.
    ...routes.flatMap(({ cache }) =>
      cache?.browserSeconds === undefined
        ? []
        : block(`map $upstream_http_cache_control $cache_control_${cache.zone}`, [
            "~*(?:private|no-store|no-cache) $upstream_http_cache_control;",
            `default ${quote(keepFor({ seconds: cache.browserSeconds, immutable: cache.immutable }))};`,
          ]),
    ),
    ...(tls?.hsts === undefined
      ? []
      : block("map $https $strict_transport", [`on ${quote(tls.hsts)};`, 'default "";'])),
  ];
}

/** Headers of every answer. */
export function commonHeaders({ headers, tls, name, serverDirectives }: Balancer): Lines {
  const lines: Header[] = [
    ...(headers.requestId ? [{ name: "X-Request-ID", value: "$request_identity" }] : []),
    ...(headers.servedBy === "replica" ? [{ name: "X-Served-By", value: "$replica_title" }] : []),
    ...(headers.servedBy === "balancer" ? [{ name: "X-Served-By", value: name }] : []),
    ...(headers.instance ? [{ name: "X-Instance-ID", value: "$instance_id" }] : []),
    ...(headers.upstreamServer ? [{ name: "X-Upstream-Server", value: "$upstream_addr" }] : []),
    ...Object.keys(headers.security).map((header) => ({ name: header, value: `$own_${toVariable(header)}` })),
    ...(tls?.hsts === undefined ? [] : [{ name: "Strict-Transport-Security", value: "$strict_transport" }]),
  ];
  // A location that adds a header of its own loses the server's, the user's among them.
  return [...lines.map(addHeader), ...serverDirectives.filter(isHeader).map(statement)];
}

/** Headers that a route adds; with all the others, or they would be lost. Nothing when it adds none. */
export function routeHeaders(balancer: Balancer, { headers, cache, target }: Route, further: Lines): Lines {
  const own = [
    ...Object.entries(headers).map(([name, value]) => addHeader({ name, value })),
    ...(cache === undefined ? [] : [addHeader({ name: "X-Cache", value: "$upstream_cache_status" })]),
    ...(cache?.browserSeconds === undefined
      ? []
      : [`add_header Cache-Control $cache_control_${cache.zone};`]),
    ...(target.kind === "static" ? [`add_header Cache-Control ${quote(keepFor(target))};`] : []),
    ...further,
  ];
  return own.length === 0 ? [] : [...commonHeaders(balancer), ...own];
}

/** Headers of a replica's answer that the balancer's own stand in for. */
export function hiddenHeaders({ headers, cors }: Balancer, route: Route): Lines {
  const { cache } = route;
  return [
    ...((route.cors ?? cors) === undefined ? [] : corsHeaders),
    ...(headers.requestId ? ["X-Request-ID"] : []),
    ...(headers.servedBy === "nobody" ? [] : ["X-Served-By"]),
    ...(headers.instance ? ["X-Instance-ID"] : []),
    ...(headers.upstreamServer ? ["X-Upstream-Server"] : []),
    ...(cache?.browserSeconds === undefined ? [] : ["Cache-Control"]),
  ];
}

// Added without `always`: an error must not be kept for as long.
function keepFor({ seconds, immutable }: { seconds: number; immutable: boolean }): string {
  return `public, max-age=${seconds}${immutable ? ", immutable" : ""}`;
}

function isHeader(directive: string): boolean {
  return /^\s*add_header\s/.test(directive);
}

function toVariable(header: string): string {
  return header.toLowerCase().replaceAll("-", "_");
}
