/** A question to Prometheus, with what its lines are called. */
export interface Query {
  expr: string;
  /** Name of each line, with labels such as `{{pool}}`. */
  legend: string;
}

/** How a value is written: Grafana's names of units. */
export type Unit = "short" | "reqps" | "ops" | "percentunit" | "s" | "bytes" | "Bps" | "cps" | "d";

/** How a panel shows its values. */
export type PanelKind = "graph" | "stat" | "heatmap" | "timeline" | "history";

/** A colour from a value on. */
export interface Step {
  from: number;
  color: "green" | "orange" | "red";
}

/** One picture of a dashboard. */
export interface Panel {
  title: string;
  /** Tells a reader more of it. */
  description?: string;
  kind: PanelKind;
  unit: Unit;
  queries: Query[];
  /** Columns of 24. */
  width: number;
  max?: number;
  steps?: Step[];
  /** Names of values, in a timeline. */
  names?: Record<string, { text: string; color: Step["color"] }>;
  /** Text where there is nothing to show. */
  nothing?: string;
  /** Time between two values; by the width of the picture when left out. */
  every?: string;
}

/** A choice of what the panels show, by the values of a label. */
export interface Choice {
  label: string;
  /** Figure that has the label; it may depend on other choices. */
  of: string;
}

/** A page of panels. */
export interface Dashboard {
  /** Part of its address, and name of its file. */
  name: string;
  title: string;
  description: string;
  choices: Choice[];
  /** How far back it looks, such as `1h`. */
  range: string;
  panels: Panel[];
}
