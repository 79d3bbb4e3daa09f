import { accessLogFormat, wholeBytes } from "./access-log";
import { countedLogs } from "./counted";
import { block, type Lines } from "./lines";
import type { Balancer } from "./model";

/** Settings of the log of requests; questions for health are not in it. */
export function logSettings(balancer: Balancer): Lines {
  const { accessLog, upstreams, ownHealth } = balancer;
  const counted = countedLogs(balancer);
  if (accessLog.format === "off") return counted.length === 0 ? ["access_log off;"] : counted;
  const quiet = [...new Set([...ownHealth, ...upstreams.map(({ probe }) => withoutQuery(probe.path))])];
  return [
    ...accessLogFormat(accessLog.format),
    ...block("map $uri $asks_health", [...quiet.map((path) => `"${path}" 1;`), "default 0;"]),
    ...(accessLog.sample < 1
      ? [
          ...block("split_clients $request_id $sampled", [`${percent(accessLog.sample)} 1;`, "* 0;"]),
          ...block('map "$asks_health$sampled$status" $is_logged', ["~^01 1;", "~^005 1;", "default 0;"]),
        ]
      : block("map $asks_health $is_logged", ["1 0;", "default 1;"])),
    `access_log /dev/stdout flotilla buffer=${wholeBytes} flush=1s if=$is_logged;`,
    ...counted,
  ];
}

/** A path without what is asked of it. */
export function withoutQuery(path: string): string {
  return path.replace(/\?.*/, "");
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
