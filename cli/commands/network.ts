import { defineCommand } from "../command";
import { exitCodes } from "../failure";
import { findWays, renderWays } from "../operator/network";
import { findDeployed } from "../operator/parts";
import { json, stack } from "../options";

/** Shows the networks of a stack. */
export const network = defineCommand({
  name: "network",
  summary: "shows who is on which network of the stack, and who reaches whom by which name",
  options: { stack, json },
  examples: [["npm run network", "published ports, balancers, pools, datastores"]],
  run: async (given) => {
    const ways = findWays((await findDeployed(given.stack)).parts);
    const lines = given.json ? [JSON.stringify(ways, undefined, 2)] : renderWays(ways);
    process.stdout.write(`${lines.join("\n")}\n`);
    return exitCodes.done;
  },
});
