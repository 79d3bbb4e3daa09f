import { keyOf } from "./counters";
import type { Counters } from "./metrics";
import type { Replica } from "./replicas";
import type { WatchSettings } from "./settings";

const classes = ["2xx", "3xx", "4xx", "5xx"];

/**
 * Counters that start at zero. A counter that first appears with the first failures hides them: Prometheus sees no
 * increase of what was not there before.
 */
export function startAtZero({ upstreams, routes }: WatchSettings, replicas: Replica[]): Counters {
  const ofUpstreams = upstreams.flatMap(({ name }) => [
    ...classes.map((each) => keyOf("requests", name, "", each)),
    ...["bytes", "retries", "seconds_sum"].map((metric) => keyOf(metric, name)),
  ]);
  const ofReplicas = replicas.flatMap(({ upstream, title }) => [
    ...classes.map((each) => keyOf("requests", upstream, title, each)),
    ...["errors", "streams", "try_seconds_sum"].map((metric) => keyOf(metric, upstream, title)),
  ]);
  const ofRoutes = routes.map(({ title }) => keyOf("limited", title));
  return new Map([...ofUpstreams, ...ofReplicas, ...ofRoutes].map((key) => [key, 0]));
}
