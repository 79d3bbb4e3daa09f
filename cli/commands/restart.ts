import { withoutCanaryVariable } from "../../deploy/canary-settings";
import { renderRestart, restartVariable } from "../../engine/restart";
import { defineCommand, rest } from "../command";
import { choosePools } from "../operator/pools";
import { findDeployed } from "../operator/parts";
import { updateStack } from "../operator/work";
import { json, secretsProvider, stack, unasked, verbose } from "../options";

/** Makes replicas anew. */
export const restart = defineCommand({
  name: "restart",
  summary:
    "makes the replicas of pools anew as an update does, so that no request is lost; also deploys what has changed",
  arguments: { pools: rest("names of pools; all of the stack when left out") },
  options: { stack, yes: unasked, json, verbose, secretsProvider },
  examples: [
    ["npm run restart -- api", "the same version, in new containers"],
    ["npm run restart -- --stack prod", "all pools; datastores and balancers go on"],
  ],
  run: async (given) => {
    const { parts } = await findDeployed(given.stack);
    const pools = choosePools(parts, given.pools);
    const variables = { [restartVariable]: renderRestart(pools), [withoutCanaryVariable]: "true" };
    return updateStack(
      "restart",
      given,
      { variables },
      () => `Made anew: ${pools.map(({ pool }) => pool).join(", ")}`,
    );
  },
});
