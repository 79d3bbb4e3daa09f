import { type Column, describeMoment, escapeHtml, page, table } from "./page";

/** A rule that Prometheus evaluates, as its interface tells it. */
interface Rule {
  type: "alerting" | "recording";
  name: string;
  health: string;
  lastError?: string;
  state?: "firing" | "pending" | "inactive";
  labels?: Record<string, string | undefined>;
  alerts?: {
    state: string;
    activeAt: string;
    labels: Record<string, string>;
    annotations: Record<string, string | undefined>;
  }[];
}

/** The state of all rules. */
export interface RulesState {
  /** Alerts by name, those that fire first. */
  alerts: {
    alert: string;
    severity: string;
    state: string;
    active: {
      state: string;
      since: string;
      summary: string;
      runbook: string;
      labels: Record<string, string>;
    }[];
  }[];
  /** Rules that keep figures. */
  recording: number;
  /** Rules that cannot be evaluated, with why. */
  broken: { rule: string; error: string }[];
}

const order = ["firing", "pending", "inactive"];

/** The state of the rules, from what Prometheus tells. */
export function readRules(text: string): RulesState {
  const { data } = JSON.parse(text) as { data: { groups: { rules: Rule[] }[] } };
  const rules = data.groups.flatMap((group) => group.rules);
  return {
    alerts: rules
      .filter(({ type, labels }) => type === "alerting" && labels?.severity !== "none")
      .map(({ name, state = "inactive", labels = {}, alerts = [] }) => ({
        alert: name,
        severity: labels.severity ?? "",
        state,
        active: alerts.map((alert) => ({
          state: alert.state,
          since: alert.activeAt,
          summary: alert.annotations.summary ?? "",
          runbook: alert.annotations.runbook_url ?? "",
          labels: alert.labels,
        })),
      }))
      .sort((left, right) => order.indexOf(left.state) - order.indexOf(right.state)),
    recording: rules.filter(({ type }) => type === "recording").length,
    broken: rules
      .filter(({ health }) => health === "err")
      .map(({ name, lastError = "" }) => ({ rule: name, error: lastError })),
  };
}

/** A line of the page: an alert, or one of what it is active for. */
interface Line {
  alert: string;
  severity: string;
  state: string;
  since: string | null;
  summary: string;
}

/** A page for people. */
export function renderAlerts(name: string, { alerts, recording, broken }: RulesState, now: number): string {
  const lines = alerts.flatMap(({ alert, severity, state, active }): Line[] =>
    active.length === 0
      ? [{ alert, severity, state, since: null, summary: "" }]
      : active.map((each) => ({ alert, severity, ...each })),
  );
  const columns: Column<Line>[] = [
    { title: "Alert", cell: ({ alert }) => escapeHtml(alert) },
    { title: "Severity", cell: ({ severity }) => escapeHtml(severity) },
    {
      title: "State",
      cell: ({ state }) => `<span class="${escapeHtml(state)}">${escapeHtml(state)}</span>`,
    },
    { title: "Since", cell: ({ since }) => describeMoment(since, now) },
    { title: "Summary", cell: ({ summary }) => escapeHtml(summary) },
  ];
  const faults = broken.map(({ rule, error }) => `<p class="firing">${escapeHtml(`${rule}: ${error}`)}</p>`);
  const rest = `<p><small>${recording} rules keep figures.</small></p>`;
  return page(`${name}: alerts`, [...faults, table(columns, lines), rest].join("\n"));
}
