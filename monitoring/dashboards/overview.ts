import type { Dashboard } from "./model";
import { better, graph, query, stat, timeline, works, worse } from "./panels";

const pool = "{{service}}/{{pool}}";
const ratios = { width: 4, max: 1, steps: worse(0.7, 0.8) };

/** Everything at a glance. */
export const overview: Dashboard = {
  name: "overview",
  title: "Flotilla: overview",
  description: "Whether all is well, and where to look when it is not.",
  choices: [{ label: "service", of: "flotilla_deployed_timestamp_seconds" }],
  range: "1h",
  panels: [
    stat("Requests", "reqps", [query('sum(pool:requests:rate{service=~"$service"})', "requests")], {
      width: 4,
    }),
    stat("Failures", "percentunit", [query('max(pool:error:ratio{service=~"$service"})', "worst pool")], {
      width: 4,
      steps: worse(0.001, 0.01),
    }),
    stat(
      "Replicas that work",
      "percentunit",
      [
        query(
          'sum(pool:replicas_up:count{service=~"$service"}) / sum(pool:replicas:count{service=~"$service"})',
          "of all",
        ),
      ],
      { width: 4, steps: better(0.5, 1) },
    ),
    stat("Processors of the host", "percentunit", [query("max(host:cpu:ratio)", "host")], ratios),
    stat("Memory of the host", "percentunit", [query("max(host:memory:ratio)", "host")], ratios),
    stat("Fullest disk", "percentunit", [query("max(host:disk:ratio)", "disk")], ratios),
    graph("Requests by pool", "reqps", [query('pool:requests:rate{service=~"$service"}', pool)]),
    graph("Failures by pool", "percentunit", [query('pool:error:ratio{service=~"$service"}', pool)]),
    graph("95 of 100 requests are answered within", "s", [
      query('pool:latency_seconds:p95{service=~"$service"}', pool),
    ]),
    graph("Requests under way", "short", [query('pool:saturation:requests{service=~"$service"}', pool)]),
    timeline(
      "Alerts",
      [
        query(
          'max by (alertname, service, pool, replica, store) (ALERTS{alertstate="firing",severity!="none"})',
          "{{alertname}} {{service}} {{pool}} {{replica}} {{store}}",
        ),
      ],
      { names: { 1: { text: "fires", color: "red" } }, nothing: "No alert fires." },
    ),
    timeline("Datastores", [query("store:up:bool", "{{store}}/{{server}}")], { names: works }),
    stat(
      "Since the last deployment",
      "s",
      [
        query(
          'time() - max by (service) (flotilla_deployed_timestamp_seconds{service=~"$service"})',
          "{{service}}",
        ),
      ],
      { width: 6 },
    ),
    stat(
      "Certificates expire in",
      "s",
      [
        query(
          'min by (service, certificate) (flotilla_certificate_expiry_timestamp_seconds{service=~"$service"}) - time()',
          "{{certificate}}",
        ),
      ],
      { width: 6, steps: better(7 * 86_400, 21 * 86_400), nothing: "no TLS" },
    ),
    stat(
      "Since the last good backup",
      "s",
      [query("time() - max by (store) (flotilla_backup_last_success_timestamp_seconds)", "{{store}}")],
      { width: 6, steps: worse(25 * 3600, 26 * 3600), nothing: "no backups" },
    ),
    stat("Parts that are measured", "percentunit", [query("avg(up)", "of all")], {
      width: 6,
      steps: better(0.5, 1),
    }),
  ],
};
