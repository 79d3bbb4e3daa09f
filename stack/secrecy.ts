import { monitoringSchema } from "../components/monitoring/schema";
import type { Problem } from "../components/arguments/problems";
import { hideSecrets } from "../components/arguments/secrecy";
import { serviceSchema } from "../components/service/schema";
import { datastoreSchema } from "../components/datastore/schema";

/** Takes away what a problem of a stack's file must not show: what stands where a secret belongs may be one. */
export function hideSecretSettings(problem: Problem): Problem[] {
  const [setting] = problem.path;
  if (setting === "datastores") return hideSecrets(datastoreSchema, [problem], 2);
  if (setting === "monitoring") return hideSecrets(monitoringSchema, [problem], 1);
  return hideSecrets(serviceSchema, [problem]);
}
