import type { LoadBalancedServiceArgs } from "../components";
import { createSecret } from "../components/resources/commands";
import type { GeneratedSecret } from "./findings";

/** Generates the secrets that the configuration leaves out, once, and gives them to the pools that list them. */
export function addGeneratedSecrets(
  service: LoadBalancedServiceArgs,
  secrets: GeneratedSecret[],
): LoadBalancedServiceArgs {
  const pools = { ...service.pools };
  for (const { name, pools: users } of secrets) {
    const value = createSecret(`secret-${name}`, { script: "secret", create: "generateSecret" });
    for (const user of users) {
      const pool = pools[user];
      if (pool !== undefined) pools[user] = { ...pool, secrets: { ...pool.secrets, [name]: value } };
    }
  }
  return { ...service, pools };
}
