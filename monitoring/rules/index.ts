import type { Thresholds } from "../thresholds";
import { renderYaml, type Value } from "../yaml";
import { availability } from "./availability";
import { backups } from "./backups";
import { balancers } from "./balancers";
import { certificates } from "./certificates";
import { containers } from "./containers";
import { renderDeploymentMark } from "./deployments";
import { host } from "./host";
import { pools } from "./pools";
import { replicas } from "./replicas";
import type { Alert, RuleSubject } from "./rule";
import { stores } from "./stores";

const subjects: RuleSubject[] = [
  pools,
  replicas,
  balancers,
  availability,
  host,
  containers,
  stores,
  certificates,
  backups,
];

export interface RuleSettings {
  /** Seconds between two looks at a target. */
  intervalSeconds: number;
  thresholds: Thresholds;
  /** Names of alerts that are left out. */
  disabledAlerts: string[];
  /** Where the alerts are explained, by their name as an anchor. */
  runbook: string;
}

/** Time over which the rate of a counter is taken: some looks may fail. */
export function rateWindow(intervalSeconds: number): string {
  return `${Math.max(60, 4 * intervalSeconds)}s`;
}

/** All alerts that there are. */
export function listAlerts(thresholds: Thresholds): Alert[] {
  return subjects.flatMap(({ alerts }) => alerts(thresholds));
}

/** Renders the rules that keep figures, and those that raise alerts. */
export function renderRules({ intervalSeconds, thresholds, disabledAlerts, runbook }: RuleSettings): string {
  const window = rateWindow(intervalSeconds);
  const groups = [
    ...subjects.map(({ name, recordings }) => ({
      name,
      rules: recordings(window).map(({ record, expr }): Value => ({ record, expr })),
    })),
    ...subjects.map(({ name, alerts }) => ({
      name: `${name}-alerts`,
      rules: alerts(thresholds)
        .filter(({ alert }) => !disabledAlerts.includes(alert))
        .map((alert) => renderAlert(alert, runbook)),
    })),
    { name: "deployments", rules: [renderDeploymentMark(thresholds)] },
  ];
  return renderYaml({ groups: groups.filter(({ rules }) => rules.length > 0) });
}

function renderAlert(
  { alert, expr, for: lasting, severity, summary, duringDeployments }: Alert,
  runbook: string,
): Value {
  return {
    ...{ alert, expr, for: lasting },
    labels: { severity, ...(duringDeployments === undefined ? {} : { deployment: duringDeployments }) },
    annotations: { summary, runbook_url: `${runbook}#${alert.toLowerCase()}` },
  };
}
