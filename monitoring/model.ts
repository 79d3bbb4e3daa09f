/** From where on alerts fire; percentages from 0 to 100. */
export interface Thresholds {
  /** Use of processors by the host, or by a container of what it may use. */
  cpuPercent: number;
  /** Use of memory, by the same. */
  memoryPercent: number;
  /** Use of a disk. */
  diskPercent: number;
  /** Duration within which 95 of 100 requests are answered. */
  responseSeconds: number;
  /** Share of requests that fail. */
  errorPercent: number;
  /** Share of a store's connections that are taken. */
  connectionsPercent: number;
  /** How many times its fair share a replica may get. */
  unevenFactor: number;
  /** Days that a certificate is still good for. */
  certificateDays: number;
  /** Hours since the last good backup. */
  backupHours: number;
  /** Seconds that a store's copy may be behind. */
  lagSeconds: number;
  /** Use of processors above which more replicas are advised. */
  scaleUpCpuPercent: number;
  /** Use of processors below which fewer replicas are advised. */
  scaleDownCpuPercent: number;
  /** Seconds after a deployment in which what it brings about is told to nobody. */
  deploymentSeconds: number;
  /** Share of requests that must be answered well. */
  availabilityPercent: number;
}

/** What the requirements ask for. */
export const defaultThresholds: Thresholds = {
  cpuPercent: 80,
  memoryPercent: 80,
  diskPercent: 80,
  responseSeconds: 2,
  errorPercent: 1,
  connectionsPercent: 80,
  unevenFactor: 2,
  certificateDays: 21,
  backupHours: 26,
  lagSeconds: 30,
  scaleUpCpuPercent: 70,
  scaleDownCpuPercent: 30,
  deploymentSeconds: 120,
  availabilityPercent: 99.9,
};

/** What the rules are made from. */
export interface RuleSettings {
  /** Seconds between two looks at a target. */
  intervalSeconds: number;
  thresholds: Thresholds;
  /** Names of alerts that are left out. */
  disabled: string[];
  /** Where the alerts are explained, by their name as an anchor. */
  runbook: string;
}

/** Time over which the rate of a counter is taken: some looks may fail. */
export function rateWindow(intervalSeconds: number): string {
  return `${Math.max(60, 4 * intervalSeconds)}s`;
}

/** A rule that keeps the value of an expression under a name. */
export interface RecordingRule {
  record: string;
  expr: string;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup<Rule> {
  name: string;
  rules: Rule[];
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
