import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancedServiceArgs } from "../components";
import { call } from "../components/internal/commands";
import { secretScript } from "../components/internal/scripts";
import type { GeneratedSecret } from "./findings";

/** Generates the secrets that the configuration leaves out, once, and gives them to the pools that list them. */
export function addGeneratedSecrets(
  service: LoadBalancedServiceArgs,
  secrets: GeneratedSecret[],
): LoadBalancedServiceArgs {
  const pools = { ...service.pools };
  for (const { name, pools: users } of secrets) {
    const value = generateSecret(name);
    for (const user of users) {
      const pool = pools[user];
      if (pool !== undefined) pools[user] = { ...pool, secrets: { ...pool.secrets, [name]: value } };
    }
  }
  return { ...service, pools };
}

function generateSecret(name: string): pulumi.Output<string> {
  const command = new local.Command(
    `secret-${name}`,
    {
      interpreter: ["node", "-e"],
      create: call("generateSecret"),
      environment: { FLOTILLA_SCRIPT: secretScript },
      logging: local.Logging.None,
    },
    { additionalSecretOutputs: ["stdout"] },
  );
  return pulumi.secret(command.stdout);
}
