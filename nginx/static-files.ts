import { failureSettings } from "./failures";
import { routeHeaders } from "./headers";
import { block, escapePattern, type Lines, quote } from "./lines";
import { nameLocation } from "./location-names";
import type { Balancer } from "./model";
import type { Route, StaticTarget } from "./route-model";

/** Types of text besides text/html, which is always one. */
const textTypes = [
  "text/plain",
  "text/css",
  "text/xml",
  "text/javascript",
  "application/javascript",
  "application/json",
  "image/svg+xml",
].join(" ");

/** How files are served. */
export const fileSettings = [
  "include /etc/nginx/mime.types;",
  "default_type application/octet-stream;",
  "charset utf-8;",
  `charset_types ${textTypes};`,
  "sendfile on;",
  // It tells nothing: files have a time that follows from their content.
  'add_header Last-Modified "";',
];

/** Has Nginx serve a folder's files. */
export function serveFiles(balancer: Balancer, route: Route, { folder, fallback }: StaticTarget): Lines {
  const otherwise = fallback === undefined ? "=404" : `${route.path}${fallback}`;
  return [
    `alias ${folder}/;`,
    "index index.html;",
    ...fileSettings,
    // Or the links of a folder's page would lead beside the folder.
    ...block("if (-f $request_filename/index.html)", ["rewrite ^(.*[^/])$ $1/ permanent;"]),
    `try_files $uri $uri/index.html ${nameFormer(balancer, route) ?? otherwise};`,
  ];
}

/** The location of files that a route's folder had before; undefined where none are kept. */
function nameFormer(balancer: Balancer, route: Route): string | undefined {
  const { target } = route;
  if (target.kind !== "static" || target.keepSeconds === 0) return undefined;
  return nameLocation(balancer, route, "former");
}

/** Serves files that a route's folder had before, as long as they are kept. */
export function renderFormerFiles(balancer: Balancer, route: Route, corsHeaders: Lines): Lines[] {
  const name = nameFormer(balancer, route);
  const { target, path } = route;
  if (name === undefined || target.kind !== "static") return [];
  return [
    block(`location ${name}`, [
      ...routeHeaders(balancer, route, corsHeaders),
      ...failureSettings,
      `root ${target.folder}.former;`,
      ...fileSettings,
      `rewrite ${quote(`^${escapePattern(path)}(.*)$`)} /$1 break;`,
      "try_files $uri =404;",
    ]),
  ];
}
