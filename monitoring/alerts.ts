import { machineAlerts } from "./machine-alerts";
import type { Alert, RuleGroup, RuleSettings } from "./model";
import { budgetAlerts, serviceAlerts } from "./service-alerts";

/** Name of the alert that is there while a deployment settles, and keeps others quiet. */
export const deploymentAlert = "Deployment";

/** All alerts, but those that are left out. */
export function describeAlerts({ thresholds, disabled }: RuleSettings): RuleGroup<Alert>[] {
  const groups = [
    { name: "service-alerts", rules: serviceAlerts(thresholds) },
    { name: "error-budget-alerts", rules: budgetAlerts(thresholds) },
    { name: "machine-alerts", rules: machineAlerts(thresholds) },
  ];
  return groups.map(({ name, rules }) => ({
    name,
    rules: rules.filter(({ alert }) => !disabled.includes(alert)),
  }));
}

/** A rule of Prometheus that raises an alert. */
interface AlertRule {
  [key: string]: string | Record<string, string>;
}

/** The same as Prometheus reads them, and the mark of a deployment. */
export function alertGroups(settings: RuleSettings): { name: string; rules: AlertRule[] }[] {
  const { runbook, thresholds } = settings;
  return [
    ...describeAlerts(settings)
      .filter(({ rules }) => rules.length > 0)
      .map(({ name, rules }) => ({ name, rules: rules.map((rule) => renderAlert(rule, runbook)) })),
    {
      name: "deployments",
      rules: [
        {
          alert: deploymentAlert,
          expr: `time() - max by (service) (flotilla_deployed_timestamp_seconds) < ${thresholds.deploymentSeconds}`,
          labels: { severity: "none" },
          annotations: { summary: "{{ $labels.service }} was deployed." },
        },
      ],
    },
  ];
}

function renderAlert(
  { alert, expr, for: lasting, severity, summary, duringDeployments }: Alert,
  runbook: string,
): AlertRule {
  return {
    alert,
    expr,
    for: lasting,
    labels: { severity, ...(duringDeployments === undefined ? {} : { deployment: duringDeployments }) },
    annotations: { summary, runbook_url: `${runbook}#${alert.toLowerCase()}` },
  };
}
