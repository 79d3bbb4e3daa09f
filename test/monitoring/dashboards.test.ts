import { describe, expect, test } from "vitest";
import { listDashboards } from "../../monitoring/dashboards";
import { renderEnvironment, renderSources } from "../../monitoring/grafana";
import { dashboardSchema, type RenderedDashboard } from "../support/dashboard-schema";
import { dashboardFiles, settingsFiles } from "../support/monitoring";

const dashboards = Object.entries(dashboardFiles).map(([name, text]) => [name, JSON.parse(text)] as const);
const recorded = [...(settingsFiles["rules.yml"] ?? "").matchAll(/record: "([^"]+)"/g)].map(
  ([, name]) => name,
);

describe.each(dashboards)("%s", (_, json) => {
  const parsed = dashboardSchema.safeParse(json);
  const dashboard = parsed.data as RenderedDashboard;

  test("is what Grafana reads", () => {
    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  test("has panels that lie beside each other, each with a number and a title of its own", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test("asks only for figures that the rules keep, and by choices that it has", () => {
    const names = dashboard.templating.list.map(({ name }) => name);
    for (const { targets } of dashboard.panels)
      for (const { expr } of targets) {
        for (const [figure] of expr.matchAll(/\b[a-z]+:[a-z_]+:[a-z0-9_]+\b/g))
          expect(recorded).toContain(figure);
        for (const [, name] of expr.matchAll(/\$([a-z_]+)/g)) expect(names).toContain(name);
        expect(expr).not.toMatch(/or vector/);
      }
  });
});

test("a wrong dashboard is noticed", () => {
  const [, first] = dashboards[0] ?? [];
  expect(dashboardSchema.safeParse({ ...first, panel: [] }).success).toBe(false);
  const panels = (first as RenderedDashboard).panels.map((panel) => ({ ...panel, type: "graph" }));
  expect(dashboardSchema.safeParse({ ...first, panels }).success).toBe(false);
});

test("each address of a dashboard is one dashboard's", () => {
  const names = listDashboards("60s").map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

const settings = {
  prometheus: "http://prometheus:9090",
  alertmanager: "http://alertmanager:9093",
  intervalSeconds: 10,
  port: 9092,
  anonymous: false,
};

test("Grafana asks as its user, by a password that is in a file", () => {
  const text = renderSources(settings);
  expect(text.match(/basicAuthPassword: "\$__file\{\/etc\/flotilla\/password\}"/g)).toHaveLength(2);
});

test("nobody looks without a password unless that is asked for, and nothing is asked elsewhere", () => {
  const closed = renderEnvironment(settings);
  expect(closed).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: "false",
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_PLUGINS_PREINSTALL_DISABLED: "true",
  });
  expect(renderEnvironment({ ...settings, anonymous: true })).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: "true",
    GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
  });
});
