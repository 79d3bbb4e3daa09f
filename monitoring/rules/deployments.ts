import type { Thresholds } from "../thresholds";

/** Name of the alert that is there while a deployment settles, and keeps others quiet. */
export const deploymentAlert = "Deployment";

/** The mark of a deployment, as Prometheus reads it. */
export function renderDeploymentMark({ deploymentSeconds }: Thresholds) {
  return {
    alert: deploymentAlert,
    expr: `time() - max by (service) (flotilla_deployed_timestamp_seconds) < ${deploymentSeconds}`,
    labels: { severity: "none" },
    annotations: { summary: "{{ $labels.service }} was deployed." },
  };
}
