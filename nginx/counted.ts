import { block, type Lines } from "./lines";
import type { Balancer } from "./model";
import { logFields } from "./watch/lines";
import { logSeconds, places } from "./places";
import type { Route } from "./route-model";

/** Variables and format of the logs from which requests are counted. */
export function countedFormat({ metrics }: Balancer): Lines {
  if (!metrics) return [];
  const even = '"~[02468]\\d\\."';
  return [
    // Where no location sets it, it would be used without a value.
    'js_var $route_number "-";',
    `# The logs take turns, ${logSeconds} seconds each, so that one can be emptied while nothing is written to it.`,
    ...block("map $msec $counted_0", ['default "";', `${even} 1;`]),
    ...block("map $counted_0 $counted_1", ['"" 1;', 'default "";']),
    `log_format flotilla_counted '${logFields.map((field) => `$${field}`).join("\\t")}';`,
  ];
}

/** The logs from which requests are counted; a block with an `access_log` of its own repeats them. */
export function countedLogs({ metrics }: Balancer): Lines {
  if (!metrics) return [];
  return places.logs.map(
    (log, i) => `access_log ${log} flotilla_counted buffer=64k flush=1s if=$counted_${i};`,
  );
}

/** Tells in a location whose requests these are. */
export function countedRoute({ metrics, routes }: Balancer, route: Route): Lines {
  return metrics ? [`set $route_number ${routes.indexOf(route)};`] : [];
}
