import type { Thresholds } from "../thresholds";

/** A rule that keeps the value of an expression under a name. */
export interface RecordingRule {
  record: string;
  expr: string;
}

/** How soon somebody has to look. */
export type Severity = "critical" | "warning" | "info";

/** An alert as it is described: what fires, for how long it has to last, and what it says. */
export interface Alert {
  alert: string;
  expr: string;
  /** How long it has to last, such as `30s`. */
  for: string;
  severity: Severity;
  /** One line, with the labels and the value of what fires. */
  summary: string;
  /** Whether a deployment brings it about by itself. */
  duringDeployments?: "quiet";
}

/** All that is kept and told of one subject. */
export interface RuleSubject {
  name: string;
  /** The figures that are kept, each after those that it is made from; rates are taken over the window. */
  recordings: (window: string) => RecordingRule[];
  alerts: (thresholds: Thresholds) => Alert[];
}

/** The value of an alert as a share, in its summary. */
export const percent = "{{ $value | humanizePercentage }}";
