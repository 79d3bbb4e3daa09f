import type { Choice, Dashboard, Panel, Query, Step } from "./model";
import { optionsOf } from "./render-options";

/** Value of a file that Grafana reads. */
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Names by which Grafana knows its sources. */
export const sources = { prometheus: "flotilla-prometheus", alertmanager: "flotilla-alertmanager" } as const;

const source = { type: "prometheus", uid: sources.prometheus };
const tag = "flotilla";
const columns = 24;
const heights: Record<Panel["kind"], number> = { graph: 8, heatmap: 8, timeline: 7, history: 8, stat: 4 };
const types: Record<Panel["kind"], string> = {
  graph: "timeseries",
  heatmap: "heatmap",
  timeline: "state-timeline",
  history: "status-history",
  stat: "stat",
};

/** Renders a dashboard as Grafana reads it. */
export function renderDashboard({ name, title, description, choices, range, panels }: Dashboard): string {
  const dashboard: Json = {
    uid: `flotilla-${name}`,
    title,
    description,
    tags: [tag],
    timezone: "browser",
    editable: false,
    graphTooltip: 1,
    time: { from: `now-${range}`, to: "now" },
    refresh: "10s",
    schemaVersion: 41,
    links: [linkToOthers],
    templating: { list: choices.map(renderChoice) },
    annotations: { list: annotations },
    panels: arrange(panels).map(({ panel, x, y }, index) => renderPanel(panel, index + 1, { x, y })),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

const linkToOthers: Json = {
  type: "dashboards",
  title: "Flotilla",
  icon: "external link",
  tooltip: "",
  tags: [tag],
  asDropdown: true,
  targetBlank: false,
  includeVars: true,
  keepTime: true,
};

/** Events, as lines in every picture; Prometheus knows all of them, so nothing has to be told to Grafana. */
const annotations: Json = [
  {
    name: "Deployments",
    datasource: source,
    enable: true,
    iconColor: "blue",
    // Grafana counts in milliseconds.
    expr: "max by (service) (flotilla_deployed_timestamp_seconds) * 1000",
    useValueForTime: true,
    titleFormat: "Deployment of {{service}}",
    textFormat: "",
    tagKeys: "service",
    step: "10s",
  },
  {
    name: "Replicas down",
    datasource: source,
    enable: true,
    iconColor: "red",
    expr: 'ALERTS{alertname="ReplicaDown",alertstate="firing"}',
    useValueForTime: false,
    titleFormat: "{{replica}} is down",
    textFormat: "{{service}}/{{pool}}",
    tagKeys: "service,pool,replica",
    step: "10s",
  },
];

function renderChoice({ label, of }: Choice): Json {
  const query = `label_values(${of}, ${label})`;
  return {
    type: "query",
    name: label,
    label,
    datasource: source,
    query: { query, refId: `choice-${label}` },
    definition: query,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: ".*",
    regex: "",
    hide: 0,
    options: [],
    current: { text: ["All"], value: ["$__all"] },
  };
}

/** Places panels one beside the other, in rows as high as their highest. */
function arrange(panels: Panel[]): { panel: Panel; x: number; y: number }[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel) => {
    if (x + panel.width > columns) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const placed = { panel, x, y };
    x += panel.width;
    rowHeight = Math.max(rowHeight, heights[panel.kind]);
    return placed;
  });
}

function renderPanel(panel: Panel, id: number, { x, y }: { x: number; y: number }): Json {
  const { title, kind, queries, width, every, description } = panel;
  return {
    id,
    type: types[kind],
    title,
    ...(description === undefined ? {} : { description }),
    datasource: source,
    gridPos: { x, y, w: width, h: heights[kind] },
    ...(every === undefined ? {} : { interval: every }),
    targets: queries.map((query, index) => renderQuery(query, kind, index)),
    fieldConfig: { defaults: renderField(panel), overrides: [] },
    options: optionsOf[kind],
  };
}

function renderQuery({ expr, legend }: Query, kind: Panel["kind"], index: number): Json {
  return {
    refId: String.fromCharCode("A".charCodeAt(0) + index),
    datasource: source,
    editorMode: "code",
    expr,
    legendFormat: legend,
    format: kind === "heatmap" ? "heatmap" : "time_series",
    range: true,
    instant: false,
  };
}

/** Settings of a kind's own, for each of its lines. */
const custom: Record<Panel["kind"], Json> = {
  graph: {
    drawStyle: "line",
    lineWidth: 1,
    fillOpacity: 10,
    showPoints: "auto",
    spanNulls: false,
    stacking: { mode: "none", group: "A" },
  },
  heatmap: {},
  timeline: { lineWidth: 0, fillOpacity: 80 },
  history: { lineWidth: 1, fillOpacity: 80 },
  stat: {},
};

function renderField({ kind, unit, max, steps, names, nothing }: Panel): Json {
  return {
    unit,
    ...(kind === "graph" ? { min: 0 } : {}),
    ...(max === undefined ? {} : { max }),
    ...(nothing === undefined ? {} : { noValue: nothing }),
    color: { mode: steps === undefined ? "palette-classic" : "thresholds" },
    thresholds: { mode: "absolute", steps: renderSteps(steps) },
    mappings: names === undefined ? [] : [{ type: "value", options: renderNames(names) }],
    custom: custom[kind],
  };
}

function renderSteps(steps: Step[] = [{ from: 0, color: "green" }]): Json {
  // The first one has no lower end.
  return steps.map(({ from, color }, index) => ({ color, value: index === 0 ? null : from }));
}

function renderNames(names: NonNullable<Panel["names"]>): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(names).map(([value, { text, color }], index) => [value, { text, color, index }]),
  );
}
