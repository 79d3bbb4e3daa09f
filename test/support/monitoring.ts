import { parseArguments } from "../../components/arguments/parse";
import { monitoringSchema } from "../../components/monitoring/schema";
import { renderDashboards } from "../../monitoring/dashboards";
import { type GrafanaSettings, renderProvider, renderSources } from "../../monitoring/grafana";
import { type AlertmanagerSettings, renderAlertmanager } from "../../monitoring/alertmanager";
import { renderPrometheus, renderWeb } from "../../monitoring/prometheus";
import { rateWindow, renderRules } from "../../monitoring/rules";
import type { RenderedDashboard } from "./dashboard-schema";

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

/** The files that the servers are given, by their names. */
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
};

const { "rules.yml": rules = "", ...unlikeOthers } = settingsFiles;

/** What the golden files hold of the settings, by their names. */
export const goldenTexts: Record<string, string> = {
  ...unlikeOthers,
  "prometheus-remote.yml": listOwnParts("prometheus-remote.yml", "prometheus.yml"),
  "alertmanager-all.yml": listOwnParts("alertmanager-all.yml", "alertmanager.yml"),
  "rules.txt": shortenRules(rules),
  "dashboards.txt": Object.entries(dashboardFiles)
    .map(([name, text]) => listQuestions(name, text))
    .join("\n"),
};

function readSettings(name: string): string {
  return settingsFiles[name] ?? "";
}

/** The parts of a file that another has not, or has otherwise. */
function listOwnParts(name: string, usual: string): string {
  const parts = readSettings(name).split(/^(?=\w)/m);
  return parts.filter((part) => !readSettings(usual).includes(part)).join("");
}

/** Rules without the words that all of them have, which show when a rule is written in another way. */
function shortenRules(text: string): string {
  return text
    .replaceAll(/record: "(.*)"\n {8}expr: "(.*)"/g, "$1 = $2")
    .replaceAll(
      /alert: "(.*)"\n {8}expr: "(.*)"\n {8}for: "(.*)"\n {8}labels:\n {10}severity: "(.*)"\n/g,
      "$1 ($4, after $3): $2\n",
    )
    .replaceAll(/ {10}deployment: "(.*)"\n/g, "        deployment: $1\n")
    .replaceAll(/annotations:\n {10}summary: "(.*)"\n {10}runbook_url: "(.*)"/g, "$1 ($2)");
}

/** What is a dashboard's own: its address, choices and panels with their size, unit and colours, and what each asks. */
function listQuestions(name: string, text: string): string {
  const { uid, title, time, templating, panels } = JSON.parse(text) as RenderedDashboard;
  const choices = templating.list.map(({ label, query }) => `  ${label}: ${query.query}`);
  const lines = panels.flatMap((panel) => {
    const { unit, max, color, thresholds } = panel.fieldConfig.defaults;
    const steps = thresholds.steps.map(({ color, value }) => `${color} from ${value ?? "the start"}`);
    const facts = [
      `${panel.type} of ${panel.gridPos.w} × ${panel.gridPos.h}`,
      unit,
      ...(max === undefined ? [] : [`up to ${max}`]),
      ...(panel.interval === undefined ? [] : [`every ${panel.interval}`]),
      ...(color.mode === "thresholds" ? steps : []),
    ];
    return [
      `  ${panel.title} (${facts.join(", ")})`,
      ...panel.targets.map(({ legendFormat, expr }) => `    ${legendFormat}: ${expr}`),
    ];
  });
  return [`${name}, ${uid}: ${title}, ${time.from}`, ...choices, ...lines, ""].join("\n");
}
