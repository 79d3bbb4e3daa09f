import type { Lines } from "./lines";
import type { Balancer } from "./model";
import type { Cache } from "./route-model";

/** Folder of all kept answers in the balancer's container; each zone has one in it. */
export const cacheFolder = "/var/cache/nginx";

/** File in which a container in which little can be written to says where modules that nobody uses may do it. */
const unusedPaths = "/run/flotilla-paths.conf";

/** Shell that writes it: an Nginx makes the folders of all modules that it has, and images differ in these. */
export const writeUnusedPaths = `[ -w /etc ] || for module in fastcgi uwsgi scgi; do nginx -V 2>&1 | grep -q "without-http_\${module}_module" || echo "\${module}_temp_path ${cacheFolder}/flotilla-$module;"; done >${unusedPaths}`;

/**
 * Where what does not fit into memory is while it passes: images differ in that, and in a balancer's container little else can be
 * written to. A stack's own directives may say another place.
 */
export function temporaryPaths({ httpDirectives }: Balancer): Lines {
  const paths = [
    ["client_body_temp_path", "flotilla-bodies"],
    ["proxy_temp_path", "flotilla-answers"],
  ].flatMap(([directive = "", folder = ""]) =>
    httpDirectives.some((own) => own.trimStart().startsWith(`${directive} `))
      ? []
      : [`${directive} ${cacheFolder}/${folder};`],
  );
  // Where it is not there, as in containers of earlier versions, this includes nothing.
  return [...paths, `include ${unusedPaths.replace(/\.conf$/, "*.conf")};`];
}

/** Where each route's answers are kept. */
export function cachePaths({ routes }: Balancer): Lines {
  return routes.flatMap(({ cache }) => {
    if (cache === undefined) return [];
    const { zone, seconds, staleSeconds, maxMiB } = cache;
    return [
      [
        `proxy_cache_path ${cacheFolder}/${zone}`,
        "levels=1:2",
        `keys_zone=${zone}:2m`,
        `max_size=${maxMiB}m`,
        `inactive=${seconds + staleSeconds}s`,
        "use_temp_path=off;",
      ].join(" "),
    ];
  });
}

/** Which of a route's answers are kept, and for how long. */
export function cacheSettings(cache: Cache): Lines {
  const bypass = [...cache.bypass, ...(cache.authenticated ? [] : ["$http_authorization", "$http_cookie"])];
  return [
    `proxy_cache ${cache.zone};`,
    `proxy_cache_key "${cache.key}";`,
    `proxy_cache_valid 200 203 204 300 301 308 ${cache.seconds}s;`,
    "proxy_cache_revalidate on;",
    ...(cache.lock ? ["proxy_cache_lock on;", "proxy_cache_lock_timeout 5s;"] : []),
    ...(cache.staleSeconds > 0
      ? [
          "proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;",
          "proxy_cache_background_update on;",
        ]
      : []),
    ...(bypass.length === 0
      ? []
      : [`proxy_cache_bypass ${bypass.join(" ")};`, `proxy_no_cache ${bypass.join(" ")};`]),
  ];
}
