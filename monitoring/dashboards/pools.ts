import type { Dashboard, Query } from "./model";
import { chosenPools, graph, poolChoices, query, timeline, works } from "./panels";

const pool = "{{service}}/{{pool}}";
const replica = "{{service}}/{{replica}}";
const byReplica = (figure: string): Query[] => [query(`${figure}${chosenPools}`, replica)];

/** Each pool, and each of its replicas by itself. */
export function pools(window: string): Dashboard {
  return {
    name: "pools",
    title: "Flotilla: pools and replicas",
    description: "How requests are shared, how long replicas take, and which of them fail.",
    choices: poolChoices,
    range: "1h",
    panels: [
      graph("Requests by replica", "reqps", byReplica("replica:requests:rate")),
      graph("Share of a pool's requests", "percentunit", byReplica("replica:share:ratio"), { max: 1 }),
      {
        title: "Durations of requests",
        description: "How many requests took how long; the darker, the more.",
        kind: "heatmap",
        unit: "s",
        queries: [
          query(
            `sum by (le) (rate(flotilla_request_duration_seconds_bucket${chosenPools}[${window}]))`,
            "{{le}}",
          ),
        ],
        width: 12,
      },
      graph("Durations by pool", "s", [
        ...["p50", "p95", "p99"].map((name) =>
          query(`pool:latency_seconds:${name}${chosenPools}`, `${pool} ${name}`),
        ),
      ]),
      graph("95 of 100 tries at a replica end within", "s", byReplica("replica:latency_seconds:p95")),
      graph("Requests under way by replica", "short", byReplica("replica:saturation:requests")),
      graph("Tries that fail", "percentunit", byReplica("replica:error:ratio")),
      graph(
        "Failures by pool, of an hour and a day",
        "percentunit",
        ["1h", "1d"].map((time) => query(`pool:error:ratio_${time}${chosenPools}`, `${pool} ${time}`)),
      ),
      timeline("Health", byReplica("replica:up:bool"), { names: works }),
      graph(
        "Failovers",
        "short",
        [
          query(
            `sum by (service, pool, replica) (changes(flotilla_replica_up${chosenPools}[${window}]))`,
            `${replica} taken out or back`,
          ),
          query(`pool:retries:rate${chosenPools} > 0`, `${pool} tries elsewhere in a second`),
        ],
        { description: "Replicas that were taken out or back, and requests that another replica answered." },
      ),
      graph("Processors by replica", "short", byReplica("replica:cpu:cores"), {
        description: "What applications say of themselves; containers are on a page of their own.",
      }),
      graph("Memory by replica", "bytes", byReplica("replica:memory:bytes")),
    ],
  };
}
