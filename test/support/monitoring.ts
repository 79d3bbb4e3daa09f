import { parseArguments } from "../../components/arguments/parse";
import { monitoringSchema } from "../../components/monitoring/schema";
import { renderDashboards } from "../../monitoring/dashboards";
import { type GrafanaSettings, renderProvider, renderSources } from "../../monitoring/grafana";
import { type AlertmanagerSettings, renderAlertmanager } from "../../monitoring/alertmanager";
import { renderPrometheus, renderWeb } from "../../monitoring/prometheus";
import { rateWindow, renderRules } from "../../monitoring/rules";

/** A monitoring where nothing is asked for. */
export const defaultSettings = parseArguments("a monitoring", monitoringSchema, { sources: [] });

/** Nobody is told. */
const alone: AlertmanagerSettings = { webhooks: 0, groupSeconds: 10, repeatSeconds: 14_400 };

const grafana: GrafanaSettings = {
  prometheus: "http://prometheus:9090",
  alertmanager: "http://alertmanager:9093",
  intervalSeconds: 10,
  port: 9092,
  anonymous: false,
};

/** The dashboards, by the names of their files. */
export const dashboardFiles = renderDashboards(rateWindow(10));

/** Every text that the tests look at, by the name of its golden file. */
export const settingsFiles: Record<string, string> = {
  "prometheus.yml": renderPrometheus({
    stack: "flotilla/dev",
    intervalSeconds: 10,
    alertmanager: "alertmanager:9093",
    remoteWrite: [],
  }),
  "prometheus-remote.yml": renderPrometheus({
    stack: "flotilla/prod",
    intervalSeconds: 5,
    alertmanager: "alertmanager:9093",
    remoteWrite: [
      { url: "https://metrics.example.com/write" },
      { url: "https://other.example.com/write", tokenFile: "/etc/prometheus/remote-2" },
    ],
  }),
  "rules.yml": renderRules(defaultSettings),
  "web.yml": renderWeb("$2b$10$abcdefghijklmnopqrstuuxxjU4kKTeN.PqPPXgpVwJBhNBYDOoFm"),
  "alertmanager.yml": renderAlertmanager(alone),
  "alertmanager-all.yml": renderAlertmanager({
    webhooks: 2,
    email: {
      to: ["ops@example.com", "shop@example.com"],
      from: "alerts@example.com",
      server: "mail.example.com:587",
      user: "alerts",
      requireTls: true,
    },
    slackChannel: "#alerts",
    groupSeconds: 30,
    repeatSeconds: 3600,
  }),
  "grafana-sources.yml": renderSources(grafana),
  "grafana-provider.yml": renderProvider(),
  "dashboard-history.json": dashboardFiles["history.json"] ?? "",
  "dashboards.txt": Object.entries(dashboardFiles)
    .map(([name, text]) => listQuestions(name, text))
    .join("\n"),
};

/** The panels of a dashboard, and what each asks: how it looks is the same everywhere, and one whole file shows it. */
function listQuestions(name: string, text: string): string {
  const { panels } = JSON.parse(text) as {
    panels: { title: string; type: string; targets?: { expr?: string }[] }[];
  };
  const lines = panels.flatMap(({ title, type, targets = [] }) => [
    `  ${title} (${type})`,
    ...targets.map(({ expr = "none" }) => `    ${expr}`),
  ]);
  return [name, ...lines, ""].join("\n");
}
