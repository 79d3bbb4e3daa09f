import { defineCommand, text } from "../command";
import { exitCodes, Misuse } from "../failure";
import { readHistory, renderHistory } from "../operator/history";
import { countColumns } from "../operator/style";
import { json, stack } from "../options";
import { pulumiEnvironment, pulumiOn } from "../pulumi";

/** Shows who deployed what. */
export const history = defineCommand({
  name: "history",
  summary: "shows the deployments of the stack: when, what, by whom, and how each ended",
  options: {
    stack,
    count: text("number", "how many of the last ones", "20", {
      check: (written, place) => {
        if (!/^[1-9]\d{0,3}$/.test(written))
          throw new Misuse(`${place} must be a number from 1 to 9999, got ${written}. Write it like 20.`);
      },
    }),
    json,
  },
  examples: [
    ["npm run history", "the last 20 of the stack dev"],
    ["npm run history -- --stack prod --count 5 --json", "for programs"],
  ],
  run: async (given) => {
    const deployments = await readHistory(
      pulumiOn(given.stack, pulumiEnvironment(), "beside"),
      Number(given.count),
    );
    const lines = given.json
      ? [JSON.stringify(deployments, undefined, 2)]
      : renderHistory(deployments, Date.now(), countColumns());
    process.stdout.write(`${lines.join("\n")}\n`);
    return exitCodes.done;
  },
});
