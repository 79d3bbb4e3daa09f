import { z } from "zod";
import { sources } from "../../monitoring/dashboards/render";

/** The part of Grafana's JSON model of dashboards (schema version 41) that Flotilla uses; nothing else is let through. */
const source = z.strictObject({
  type: z.literal("prometheus"),
  uid: z.literal(sources.prometheus),
});
const color = z.enum(["green", "orange", "red", "blue"]);
const legend = z.strictObject({
  showLegend: z.boolean(),
  displayMode: z.enum(["list", "table", "hidden"]),
  placement: z.enum(["bottom", "right"]),
  calcs: z.array(z.string()),
});
const tooltip = z.strictObject({
  mode: z.enum(["single", "multi", "none"]),
  sort: z.enum(["none", "asc", "desc"]),
});
const share = z.number().min(0).max(1);
const duration = z.string().regex(/^\d+[smhdwMy]$/);

const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: source,
  editorMode: z.enum(["code", "builder"]),
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
  format: z.enum(["time_series", "table", "heatmap"]),
  range: z.boolean(),
  instant: z.boolean(),
});

const units = ["short", "reqps", "ops", "percentunit", "s", "bytes", "Bps", "cps"];
const mapping = z.strictObject({
  type: z.literal("value"),
  options: z.record(
    z.string().regex(/^\d+$/),
    z.strictObject({ text: z.string(), color, index: z.number().int() }),
  ),
});
const defaultsWith = <Custom extends z.ZodType>(custom: Custom) =>
  z.strictObject({
    unit: z.enum(units),
    min: z.number().optional(),
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
    custom,
  });

const panelOf = <Type extends string, Custom extends z.ZodType, Options extends z.ZodType>(
  type: Type,
  custom: Custom,
  options: Options,
) =>
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
    targets: z.array(target).min(1),
    fieldConfig: z.strictObject({ defaults: defaultsWith(custom), overrides: z.tuple([]) }),
    options,
  });

const bands = z.strictObject({ lineWidth: z.number(), fillOpacity: z.number().min(0).max(100) });
const panel = z.discriminatedUnion("type", [
  panelOf(
    "timeseries",
    z.strictObject({
      drawStyle: z.enum(["line", "bars", "points"]),
      lineWidth: z.number(),
      fillOpacity: z.number().min(0).max(100),
      showPoints: z.enum(["auto", "never", "always"]),
      spanNulls: z.boolean(),
      stacking: z.strictObject({ mode: z.enum(["none", "normal", "percent"]), group: z.string() }),
    }),
    z.strictObject({ legend, tooltip }),
  ),
  panelOf(
    "stat",
    z.strictObject({}),
    z.strictObject({
      reduceOptions: z.strictObject({
        calcs: z.array(z.enum(["lastNotNull", "mean", "max", "min"])).length(1),
        fields: z.literal(""),
        values: z.boolean(),
      }),
      orientation: z.enum(["auto", "horizontal", "vertical"]),
      textMode: z.enum(["auto", "value", "value_and_name", "name", "none"]),
      colorMode: z.enum(["value", "background", "none"]),
      graphMode: z.enum(["area", "none"]),
      justifyMode: z.enum(["auto", "center"]),
    }),
  ),
  panelOf(
    "state-timeline",
    bands,
    z.strictObject({
      showValue: z.enum(["auto", "always", "never"]),
      rowHeight: share,
      mergeValues: z.boolean(),
      alignValue: z.enum(["left", "center", "right"]),
      legend,
      tooltip,
    }),
  ),
  panelOf(
    "status-history",
    bands,
    z.strictObject({
      showValue: z.enum(["auto", "always", "never"]),
      rowHeight: share,
      colWidth: share,
      legend,
      tooltip,
    }),
  ),
  panelOf(
    "heatmap",
    z.strictObject({}),
    z.strictObject({
      calculate: z.boolean(),
      cellGap: z.number(),
      color: z.strictObject({
        mode: z.enum(["scheme", "opacity"]),
        scheme: z.string(),
        fill: z.string(),
        scale: z.enum(["linear", "exponential"]),
        exponent: z.number(),
        steps: z.number().int().min(2).max(128),
        reverse: z.boolean(),
      }),
      cellValues: z.strictObject({ unit: z.string() }),
      yAxis: z.strictObject({
        unit: z.string(),
        axisPlacement: z.enum(["left", "right"]),
        reverse: z.boolean(),
      }),
      rowsFrame: z.strictObject({ layout: z.enum(["auto", "ge", "le", "unknown"]) }),
      filterValues: z.strictObject({ le: z.number() }),
      exemplars: z.strictObject({ color: z.string() }),
      legend: z.strictObject({ show: z.boolean() }),
      tooltip: z.strictObject({
        mode: z.enum(["single", "multi", "none"]),
        yHistogram: z.boolean(),
        showColorScale: z.boolean(),
      }),
    }),
  ),
]);

const variable = z.strictObject({
  type: z.literal("query"),
  name: z.string().regex(/^[a-z_]+$/),
  label: z.string(),
  datasource: source,
  query: z.strictObject({ query: z.string(), refId: z.string() }),
  definition: z.string().regex(/^label_values\(.+, [a-z_]+\)$/),
  refresh: z.literal([1, 2]),
  sort: z.number().int().min(0).max(8),
  multi: z.boolean(),
  includeAll: z.boolean(),
  allValue: z.literal(".*"),
  regex: z.literal(""),
  hide: z.literal([0, 1, 2]),
  options: z.tuple([]),
  current: z.strictObject({ text: z.array(z.string()), value: z.array(z.string()) }),
});

const annotation = z.strictObject({
  name: z.string(),
  datasource: source,
  enable: z.boolean(),
  iconColor: color,
  expr: z.string(),
  useValueForTime: z.boolean(),
  titleFormat: z.string(),
  textFormat: z.string(),
  tagKeys: z.string(),
  step: duration,
});

/** A dashboard as Grafana's documentation describes it. */
export const dashboardSchema = z.strictObject({
  uid: z.string().regex(/^[\w-]{1,40}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()),
  timezone: z.enum(["browser", "utc"]),
  editable: z.boolean(),
  graphTooltip: z.literal([0, 1, 2]),
  time: z.strictObject({ from: z.string().regex(/^now-\d+[mhd]$/), to: z.literal("now") }),
  refresh: duration,
  schemaVersion: z.literal(41),
  links: z.array(
    z.strictObject({
      type: z.literal("dashboards"),
      title: z.string(),
      icon: z.string(),
      tooltip: z.string(),
      tags: z.array(z.string()),
      asDropdown: z.boolean(),
      targetBlank: z.boolean(),
      includeVars: z.boolean(),
      keepTime: z.boolean(),
    }),
  ),
  templating: z.strictObject({ list: z.array(variable) }),
  annotations: z.strictObject({ list: z.array(annotation) }),
  panels: z.array(panel).min(1),
});

/** A dashboard that the schema has let through. */
export type RenderedDashboard = z.infer<typeof dashboardSchema>;
