import { cachePaths, temporaryPaths } from "./cache";
import { corsMaps } from "./cors";
import { failureMaps } from "./failures";
import { headerMaps } from "./headers";
import { limitZones } from "./limits";
import { probeMaps } from "./control";
import { holdMap } from "./hold";
import { lineBreakMap } from "./line-breaks";
import { apart, block, type Lines } from "./lines";
import { logSettings } from "./logs";
import { maintenanceMaps } from "./maintenance";
import type { Balancer, Compression } from "./model";
import { ownPlace } from "./own-place";
import { clientAddress, portMap } from "./proxies";
import { tlsSettings } from "./tls";
import { watchHttp } from "./watch-directives";

/**
 * Seconds that an idle connection outlives a reload. A client that asks again within them is told to close; one that is
 * closed may be sending just then, and its request is lost.
 */
export const keepaliveMinSeconds = 9;

/** Settings of all servers. */
export function httpSettings(balancer: Balancer): Lines {
  return [
    ...(balancer.sharesFront
      ? [...block("upstream flotilla_control", [`include ${ownPlace.upstream};`]), ""]
      : []),
    "server_tokens off;",
    // Headers, caches and routes bring variables of their own, more than there is usually room for.
    "variables_hash_max_size 4096;",
    // Docker publishes other ports than Nginx knows of.
    "absolute_redirect off;",
    ...watchHttp(balancer),
    ...logSettings(balancer),
    "",
    "keepalive_timeout 65s;",
    "keepalive_requests 1000;",
    `keepalive_min_timeout ${keepaliveMinSeconds}s;`,
    // As long as a connection without a first request outlives a reload.
    "client_header_timeout 20s;",
    `client_max_body_size ${balancer.bodyLimitMiB}m;`,
    ...temporaryPaths(balancer),
    "",
    "# Docker's DNS; a restarted replica's new address is followed.",
    "resolver 127.0.0.11 valid=2s ipv6=off;",
    "resolver_timeout 2s;",
    "",
    // Any other protocol would pass requests by that Nginx never sees.
    ...block("map $http_upgrade $upstream_upgrade", ['"~*^websocket$" $http_upgrade;', 'default "";']),
    ...block("map $upstream_upgrade $upstream_connection", ['"" "";', "default upgrade;"]),
    ...(balancer.upstreams.some(({ holdSeconds }) => holdSeconds > 0) ? holdMap : []),
    ...portMap(balancer),
    ...lineBreakMap(balancer),
    ...apart(compression(balancer.compression)),
    ...apart(tlsSettings(balancer)),
    ...apart(clientAddress(balancer)),
    ...apart(failureMaps(balancer)),
    ...apart(headerMaps(balancer)),
    ...apart(corsMaps(balancer)),
    ...apart(limitZones(balancer)),
    ...apart(maintenanceMaps(balancer)),
    ...apart(probeMaps(balancer)),
    ...apart(cachePaths(balancer)),
  ];
}

const compressedTypes = [
  "text/plain",
  "text/css",
  "text/javascript",
  "text/xml",
  "application/json",
  "application/ld+json",
  "application/javascript",
  "application/manifest+json",
  "application/xml",
  "application/wasm",
  "image/svg+xml",
].join(" ");

function compression({ gzip, brotli }: Compression): Lines {
  return [
    ...(gzip
      ? [
          "gzip on;",
          "gzip_comp_level 4;",
          "gzip_min_length 1024;",
          "gzip_proxied any;",
          "gzip_vary on;",
          `gzip_types ${compressedTypes};`,
        ]
      : []),
    ...(brotli
      ? ["brotli on;", "brotli_comp_level 4;", "brotli_min_length 1024;", `brotli_types ${compressedTypes};`]
      : []),
  ];
}
