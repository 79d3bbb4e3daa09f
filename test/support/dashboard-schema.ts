import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { sources } from "../../monitoring/dashboards/render";

// The part of Grafana's JSON model of dashboards (schema version 41) that Flotilla uses, with the values that are the same
// in all of them; nothing else is let through.

/** A value that is this one to the letter. */
function exactly<Value>(value: Value) {
  return z.custom<Value>((given) => isDeepStrictEqual(given, value), {
    error: `not ${JSON.stringify(value)}`,
  });
}

const source = exactly({ type: "prometheus", uid: sources.prometheus });
const color = z.enum(["green", "orange", "red", "blue"]);
const duration = z.string().regex(/^\d+[smhdwMy]$/);

const targetAs = (format: string) =>
  z.strictObject({
    refId: z.string().regex(/^[A-Z]$/),
    datasource: source,
    editorMode: z.literal("code"),
    expr: z.string().min(1),
    legendFormat: z.string().min(1),
    format: z.literal(format),
    range: z.literal(true),
    instant: z.literal(false),
  });

const mapping = z.strictObject({
  type: z.literal("value"),
  options: z.record(
    z.string().regex(/^\d+$/),
    z.strictObject({ text: z.string(), color, index: z.number().int() }),
  ),
});

/** A panel of one of Grafana's types, with what all of that type have: for each line, for the whole, and in their questions. */
const panelOf = <Type extends string>(type: Type, custom: object, options: object, format = "time_series") =>
  z.strictObject({
    type: z.literal(type),
    id: z.number().int().positive(),
    title: z.string().min(1),
    description: z.string().optional(),
    datasource: source,
    gridPos: z.strictObject({
      x: z.number().int().min(0).max(23),
      y: z.number().int().min(0),
      w: z.number().int().min(1).max(24),
      h: z.number().int().min(1),
    }),
    interval: duration.optional(),
    targets: z.array(targetAs(format)).min(1),
    fieldConfig: z.strictObject({
      defaults: z.strictObject({
        unit: z.enum(["short", "reqps", "ops", "percentunit", "s", "bytes", "Bps", "cps"]),
        min: type === "timeseries" ? z.literal(0) : z.undefined().optional(),
        max: z.number().optional(),
        noValue: z.string().optional(),
        color: z.strictObject({ mode: z.enum(["palette-classic", "thresholds"]) }),
        thresholds: z.strictObject({
          mode: z.literal("absolute"),
          steps: z.tuple(
            [z.strictObject({ color, value: z.null() })],
            z.strictObject({ color, value: z.number() }),
          ),
        }),
        mappings: z.array(mapping),
        custom: exactly(custom),
      }),
      overrides: exactly([]),
    }),
    options: exactly(options),
  });

const legend = { showLegend: true, displayMode: "list", placement: "bottom", calcs: [] };
const line = { showPoints: "auto", spanNulls: false, stacking: { mode: "none", group: "A" } };
const bands = { showValue: "never", rowHeight: 0.9, legend, tooltip: { mode: "single", sort: "none" } };
const panel = z.discriminatedUnion("type", [
  panelOf(
    "timeseries",
    { drawStyle: "line", lineWidth: 1, fillOpacity: 10, ...line },
    { legend, tooltip: { mode: "multi", sort: "desc" } },
  ),
  panelOf(
    "stat",
    {},
    {
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
      orientation: "auto",
      textMode: "auto",
      colorMode: "value",
      graphMode: "area",
      justifyMode: "auto",
    },
  ),
  panelOf(
    "state-timeline",
    { lineWidth: 0, fillOpacity: 80 },
    { ...bands, mergeValues: true, alignValue: "left" },
  ),
  panelOf("status-history", { lineWidth: 1, fillOpacity: 80 }, { ...bands, colWidth: 0.9 }),
  panelOf(
    "heatmap",
    {},
    {
      calculate: false,
      cellGap: 1,
      color: {
        ...{ mode: "scheme", scheme: "Oranges", fill: "dark-orange", reverse: false },
        ...{ scale: "exponential", exponent: 0.5, steps: 64 },
      },
      cellValues: { unit: "reqps" },
      yAxis: { unit: "s", axisPlacement: "left", reverse: false },
      rowsFrame: { layout: "auto" },
      filterValues: { le: 1e-9 },
      exemplars: { color: "rgba(255,0,255,0.7)" },
      legend: { show: true },
      tooltip: { mode: "single", yHistogram: false, showColorScale: false },
    },
    "heatmap",
  ),
]);

const variable = z.strictObject({
  type: z.literal("query"),
  name: z.string().regex(/^[a-z_]+$/),
  label: z.string(),
  datasource: source,
  query: z.strictObject({ query: z.string(), refId: z.string() }),
  definition: z.string().regex(/^label_values\(.+, [a-z_]+\)$/),
  refresh: z.literal(2),
  sort: z.literal(1),
  multi: z.literal(true),
  includeAll: z.literal(true),
  allValue: z.literal(".*"),
  regex: z.literal(""),
  hide: z.literal(0),
  options: exactly([]),
  current: exactly({ text: ["All"], value: ["$__all"] }),
});

const annotations = exactly([
  {
    name: "Deployments",
    datasource: { type: "prometheus", uid: sources.prometheus },
    enable: true,
    iconColor: "blue",
    expr: "max by (service) (flotilla_deployed_timestamp_seconds) * 1000",
    useValueForTime: true,
    titleFormat: "Deployment of {{service}}",
    textFormat: "",
    tagKeys: "service",
    step: "10s",
  },
  {
    name: "Replicas down",
    datasource: { type: "prometheus", uid: sources.prometheus },
    enable: true,
    iconColor: "red",
    expr: 'ALERTS{alertname="ReplicaDown",alertstate="firing"}',
    useValueForTime: false,
    titleFormat: "{{replica}} is down",
    textFormat: "{{service}}/{{pool}}",
    tagKeys: "service,pool,replica",
    step: "10s",
  },
]);

const links = exactly([
  {
    type: "dashboards",
    title: "Flotilla",
    icon: "external link",
    tooltip: "",
    tags: ["flotilla"],
    asDropdown: true,
    targetBlank: false,
    includeVars: true,
    keepTime: true,
  },
]);

/** A dashboard as Grafana's documentation describes it. */
export const dashboardSchema = z.strictObject({
  uid: z.string().regex(/^flotilla-[\w-]{1,31}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: exactly(["flotilla"]),
  timezone: z.literal("browser"),
  editable: z.literal(false),
  graphTooltip: z.literal(1),
  time: z.strictObject({ from: z.string().regex(/^now-\d+[mhd]$/), to: z.literal("now") }),
  refresh: z.literal("10s"),
  schemaVersion: z.literal(41),
  links,
  templating: z.strictObject({ list: z.array(variable) }),
  annotations: z.strictObject({ list: annotations }),
  panels: z.array(panel).min(1),
});

/** A dashboard that the schema has let through. */
export type RenderedDashboard = z.infer<typeof dashboardSchema>;
