import { monitoringSchema } from "../components/internal/monitoring/schema";
import type { Problem } from "../components/internal/problems";
import { hideSecrets } from "../components/internal/secrecy";
import { serviceSchema } from "../components/internal/service-schema";
import { datastoreSchema } from "../components/internal/stores/schema";

/** Takes away what a problem of a stack's file must not show: what stands where a secret belongs may be one. */
export function hideSecretSettings(problem: Problem): Problem[] {
  const [setting] = problem.path;
  if (setting === "datastores") return hideSecrets(datastoreSchema, [problem], 2);
  if (setting === "monitoring") return hideSecrets(monitoringSchema, [problem], 1);
  return hideSecrets(serviceSchema, [problem]);
}
