import { defineCommand, number } from "../command";
import { exitCodes } from "../failure";
import { addReleases, readHistory, renderHistory, renderReleases } from "../operator/history";
import { listReleases } from "../operator/releases";
import { countColumns } from "../operator/style";
import { json, stack } from "../options";
import { pulumiEnvironment, pulumiOn } from "../pulumi";

/** Shows who deployed what. */
export const history = defineCommand({
  name: "history",
  summary:
    "shows the deployments of the stack and the last releases: when, what, by whom, and how each ended",
  options: {
    stack,
    count: number("number", "how many of the last ones", 20, { least: 1, most: 9999 }),
    json,
  },
  examples: [
    ["npm run history", "the last 20 of the stack dev"],
    ["npm run history -- --stack prod --count 5 --json", "for programs"],
  ],
  run: async (given) => {
    const [history, releases] = await Promise.all([
      readHistory(pulumiOn(given.stack, pulumiEnvironment(), "beside"), given.count),
      listReleases(given.stack),
    ]);
    const deployments = addReleases(history, releases);
    const lines = given.json
      ? [JSON.stringify(deployments, undefined, 2)]
      : [
          ...renderHistory(deployments, Date.now(), countColumns()),
          ...(releases.length === 0 ? [] : ["", ...renderReleases(releases)]),
        ];
    process.stdout.write(`${lines.join("\n")}\n`);
    return exitCodes.done;
  },
});
