import { renderRestart, restartVariable } from "../../engine/restart";
import { defineCommand, rest } from "../command";
import { choosePools } from "../operator/pools";
import { findDeployed } from "../operator/parts";
import { json, secretsProvider, stack, unasked } from "../options";
import { say } from "../processes";
import { workOnStack } from "../stack";

/** Makes replicas anew. */
export const restart = defineCommand({
  name: "restart",
  summary:
    "makes the replicas of pools anew as an update does, so that no request is lost; also deploys what has changed",
  arguments: { pools: rest("names of pools; all of the stack when left out") },
  options: { stack, yes: unasked, json, secretsProvider },
  examples: [
    ["npm run restart -- api", "the same version, in new containers"],
    ["npm run restart -- --stack prod", "all pools; datastores and balancers go on"],
  ],
  run: async (given) => {
    const { parts } = await findDeployed(given.stack);
    const pools = choosePools(parts, given.pools);
    return workOnStack(
      {
        ...{
          command: "restart",
          stack: given.stack,
          json: given.json,
          isQuiet: given.json,
          needsImages: false,
        },
        secretsProvider: given.secretsProvider,
        told: { replicas: [], set: [] },
        variables: { [restartVariable]: renderRestart(pools) },
      },
      async ({ act }) => {
        const ok = await act("up", "--yes", "--skip-preview");
        if (ok) say(`Made anew: ${pools.map(({ pool }) => pool).join(", ")}`);
        return { ok };
      },
    );
  },
});
