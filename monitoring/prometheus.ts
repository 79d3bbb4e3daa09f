import { prometheusPlaces } from "./places";
import { renderYaml, type Value } from "./yaml";

/** Name of the user that Prometheus and Alertmanager know. */
export const userName = "admin";

/** How Prometheus is told to look. */
export interface PrometheusSettings {
  /** Label of all that it sends elsewhere. */
  stack: string;
  intervalSeconds: number;
  /** Host and port of Alertmanager. */
  alertmanager: string;
  /** Addresses that get a copy of everything, with the file that has their token. */
  remoteWrite: { url: string; tokenFile?: string | undefined }[];
}

/** Renders `prometheus.yml`. Targets are in files that are written beside it, so that they change without a restart. */
export function renderPrometheus({
  stack,
  intervalSeconds,
  alertmanager,
  remoteWrite,
}: PrometheusSettings): string {
  const authentication = {
    basic_auth: { username: userName, password_file: prometheusPlaces.password },
  };
  return renderYaml({
    global: {
      scrape_interval: `${intervalSeconds}s`,
      scrape_timeout: `${Math.min(10, intervalSeconds)}s`,
      evaluation_interval: `${intervalSeconds}s`,
      external_labels: { stack },
    },
    rule_files: [prometheusPlaces.rules],
    alerting: {
      alertmanagers: [{ ...authentication, static_configs: [{ targets: [alertmanager] }] }],
    },
    scrape_configs: [
      {
        job_name: "targets",
        file_sd_configs: [{ files: [`${prometheusPlaces.targets}/*.json`], refresh_interval: "30s" }],
        metric_relabel_configs: poolLabel,
      },
      {
        job_name: "prometheus",
        ...authentication,
        static_configs: [{ targets: ["127.0.0.1:9090"], labels: { instance: "prometheus" } }],
      },
      {
        job_name: "alertmanager",
        ...authentication,
        static_configs: [{ targets: [alertmanager], labels: { instance: "alertmanager" } }],
      },
    ],
    ...(remoteWrite.length === 0
      ? {}
      : {
          remote_write: remoteWrite.map(({ url, tokenFile }) => ({
            url,
            ...(tokenFile === undefined ? {} : { authorization: { credentials_file: tokenFile } }),
          })),
        }),
  });
}

/** Nginx calls a pool an upstream. */
const poolLabel: Value = [
  {
    source_labels: ["job", "upstream"],
    regex: "balancer;(.+)",
    target_label: "pool",
  },
  {
    source_labels: ["job", "upstream"],
    regex: "balancer;.+",
    target_label: "upstream",
    replacement: "",
  },
];

/** Renders the users that may ask Prometheus or Alertmanager: one, by the hash of its password. */
export function renderWeb(passwordHash: string): string {
  return renderYaml({ basic_auth_users: { [userName]: passwordHash } });
}
