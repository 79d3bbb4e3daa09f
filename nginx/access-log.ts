import { block, type Lines } from "./lines";
import type { AccessLog } from "./model";

/**
 * Most bytes that all workers may write to a pipe at a time without tearing each other's lines: Linux's PIPE_BUF. Nginx
 * writes what it has gathered when the next line does not fit, and a line that is longer than that by itself.
 */
export const wholeBytes = 4096;

/** Variables that clients make as long as they like, and how many bytes of each are written. */
const bounds = {
  json: {
    host: 255,
    request_uri: 1024,
    upstream_addr: 500,
    upstream_status: 120,
    upstream_response_time: 220,
  },
  combined: { remote_user: 50, request: 1000, http_referer: 500, http_user_agent: 300 },
};

/** The format of the access log, in which a line is never longer than what is written at a time. */
export function accessLogFormat(format: Exclude<AccessLog["format"], "off">): Lines {
  const isCombined = format === "combined";
  return [
    "# A line that is longer than what a pipe takes at a time would be torn by other workers' lines.",
    ...Object.entries(bounds[format]).flatMap(([variable, bytes]) =>
      block(`map $${variable} $logged_${variable}`, [
        // Each control character would take six bytes.
        ...(isCombined ? ['"" -;', "~[[:cntrl:]] -;"] : []),
        `"~^(.{${bytes}})." $1...;`,
        `default $${variable};`,
      ]),
    ),
    // Where Nginx answers with a page of its own, the request becomes a GET; its first line stays what it was.
    ...(isCombined
      ? []
      : block("map $request $asked_method", ['"~^([^ ]{1,20})" $1;', "default $request_method;"])),
    ...(isCombined ? combinedFormat : jsonFormat),
  ];
}

const jsonFormat = [
  "log_format flotilla escape=json",
  `  '{"time":"$time_iso8601","request_id":"$request_identity","client":"$remote_addr","method":"$asked_method",'`,
  `  '"host":"$logged_host","uri":"$logged_request_uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,'`,
  // Addresses are given to others when their replicas go.
  `  '"replica":"$replica_title","upstream":"$logged_upstream_addr","upstream_status":"$logged_upstream_status",'`,
  `  '"upstream_seconds":"$logged_upstream_response_time","cache":"$upstream_cache_status"}';`,
];

// As Nginx's own, but for the bounds. A quote is escaped as it is by Apache.
const combinedFormat = [
  "log_format flotilla escape=json",
  `  '$remote_addr - $logged_remote_user [$time_local] "$logged_request" $status $body_bytes_sent '`,
  `  '"$logged_http_referer" "$logged_http_user_agent"';`,
];
