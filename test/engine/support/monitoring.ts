import { findFreePort } from "./ports";
import type { Workspace } from "./workspace";

/** Gives a stack a Prometheus and an Alertmanager alone, with a password of the stack's. */
export async function addMonitoring(workspace: Workspace, password: string): Promise<void> {
  const [port, alertmanagerPort] = [await findFreePort(), await findFreePort()];
  workspace.configure((settings) => {
    settings.monitoring = {
      ...{ port, alertmanager: { port: alertmanagerPort }, password },
      ...{ host: false, containers: false, grafana: { enabled: false } },
    };
  });
}
