import { type Dashboard, listDashboards, type Panel } from "../../monitoring/dashboards";

/** The pages of a monitor, by the subjects of the dashboards that they show. */
export const subjects = {
  services: ["overview", "pools", "balancer"],
  hosts: ["machines"],
  stores: ["stores"],
} as const;

/** One of `subjects`. */
export type Subject = keyof typeof subjects;

/** Their names, in the order in which they are shown. */
export const subjectNames: Subject[] = ["services", "hosts", "stores"];

/** Whether there is such a subject. */
export function isSubject(text: string): text is Subject {
  return Object.hasOwn(subjects, text);
}

/** A panel of a dashboard, with the queries as they are asked when nothing is chosen. */
export interface ShownPanel extends Panel {
  subject: Subject;
  /** Title of its dashboard. */
  dashboard: string;
}

/** The panels of a subject: those of Grafana's dashboards, of all services, pools and stores. */
export function listPanels(subject: Subject, window: string): ShownPanel[] {
  const names: readonly string[] = subjects[subject];
  return listDashboards(window)
    .filter(({ name }) => names.includes(name))
    .flatMap((dashboard) => dashboard.panels.map((panel) => show(panel, subject, dashboard)));
}

function show(panel: Panel, subject: Subject, { title }: Dashboard): ShownPanel {
  return {
    ...{ ...panel, subject, dashboard: title.replace(/^Flotilla: /, "") },
    queries: panel.queries.map(({ expr, legend }) => ({ expr: expr.replaceAll(/\$\w+/g, ".*"), legend })),
  };
}

/** Names a line by its labels, as `{{pool}}` in a legend asks for them. */
export function nameLine(legend: string, labels: Record<string, string>): string {
  return legend
    .replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? "")
    .replaceAll(/ +/g, " ")
    .trim();
}
