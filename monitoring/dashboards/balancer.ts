import type { Dashboard } from "./model";
import { better, graph, query, stat } from "./panels";

const chosen = '{service=~"$service"}';
const pool = "{{service}}/{{pool}}";

/** The requests that come in, and the balancer's work with them. */
export function balancer(window: string): Dashboard {
  return {
    name: "balancer",
    title: "Flotilla: balancer",
    description: "Requests as clients see them, connections, kept answers and limits.",
    choices: [{ label: "service", of: "flotilla_deployed_timestamp_seconds" }],
    range: "1h",
    panels: [
      graph("Answers by class", "reqps", [
        query(`balancer:requests:rate${chosen}`, "{{service}} {{balancer}} {{class}}"),
      ]),
      graph("Connections", "short", [
        query(`balancer:connections:count${chosen}`, "{{service}} {{balancer}} {{state}}"),
      ]),
      graph("New connections", "cps", [
        query(
          `sum by (service, balancer) (rate(flotilla_connections_accepted_total${chosen}[${window}]))`,
          "{{service}} {{balancer}}",
        ),
      ]),
      graph("Sent to clients", "Bps", [query(`pool:sent_bytes:rate${chosen}`, pool)]),
      graph("Tries beyond the first", "reqps", [query(`pool:retries:rate${chosen}`, pool)]),
      graph("Refused for asking too often", "reqps", [
        query(`route:limited:rate${chosen}`, "{{service}} {{route}}"),
      ]),
      graph("Answered from the cache", "percentunit", [query(`pool:cache_hit:ratio${chosen}`, pool)], {
        max: 1,
      }),
      graph("What kept answers are good for", "reqps", [
        query(`sum by (status) (rate(flotilla_cache_total${chosen}[${window}]))`, "{{status}}"),
      ]),
      stat(
        "Certificates expire in",
        "s",
        [
          query(
            `min by (service, certificate) (flotilla_certificate_expiry_timestamp_seconds${chosen}) - time()`,
            "{{certificate}}",
          ),
        ],
        { width: 12, steps: better(7 * 86_400, 21 * 86_400), nothing: "no TLS" },
      ),
      stat(
        "Balancers that answer",
        "short",
        [query(`sum by (service) (up{job="balancer",service=~"$service"})`, "{{service}}")],
        {
          width: 12,
        },
      ),
    ],
  };
}
