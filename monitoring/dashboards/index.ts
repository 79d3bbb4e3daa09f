import { balancer } from "./balancer";
import { history } from "./history";
import { machines } from "./machines";
import type { Dashboard } from "./model";
import { overview } from "./overview";
import { pools } from "./pools";
import { renderDashboard } from "./render";
import { stores } from "./stores";

export type { Dashboard, Panel, Unit } from "./model";

/** All dashboards; rates are taken over the window. */
export function listDashboards(window: string): Dashboard[] {
  return [overview, pools(window), balancer(window), stores, machines, history];
}

/** All dashboards as Grafana reads them, by the names of their files. */
export function renderDashboards(window: string): Record<string, string> {
  return Object.fromEntries(
    listDashboards(window).map((dashboard) => [`${dashboard.name}.json`, renderDashboard(dashboard)]),
  );
}
