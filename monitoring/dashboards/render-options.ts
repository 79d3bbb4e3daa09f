import type { PanelKind } from "./model";

const legend = { showLegend: true, displayMode: "list", placement: "bottom", calcs: [] };

/** Settings of a panel by its kind, as Grafana has them. */
export const optionsOf = {
  graph: { legend, tooltip: { mode: "multi", sort: "desc" } },
  timeline: {
    showValue: "never",
    rowHeight: 0.9,
    mergeValues: true,
    alignValue: "left",
    legend,
    tooltip: { mode: "single", sort: "none" },
  },
  history: {
    showValue: "never",
    rowHeight: 0.9,
    colWidth: 0.9,
    legend,
    tooltip: { mode: "single", sort: "none" },
  },
  stat: {
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    orientation: "auto",
    textMode: "auto",
    colorMode: "value",
    graphMode: "area",
    justifyMode: "auto",
  },
  heatmap: {
    calculate: false,
    cellGap: 1,
    color: {
      mode: "scheme",
      scheme: "Oranges",
      fill: "dark-orange",
      scale: "exponential",
      exponent: 0.5,
      steps: 64,
      reverse: false,
    },
    cellValues: { unit: "reqps" },
    yAxis: { unit: "s", axisPlacement: "left", reverse: false },
    rowsFrame: { layout: "auto" },
    // Cells without requests stay empty.
    filterValues: { le: 1e-9 },
    exemplars: { color: "rgba(255,0,255,0.7)" },
    legend: { show: true },
    tooltip: { mode: "single", yHistogram: false, showColorScale: false },
  },
} satisfies Record<PanelKind, unknown>;
