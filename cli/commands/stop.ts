import { describeCall } from "../call";
import { defineCommand } from "../command";
import { readGraces, stopAll } from "../operator/night";
import { workOnParts } from "../operator/work";
import { json, stack, unasked } from "../options";
import { say } from "../processes";
import { pulumiEnvironment, pulumiOn } from "../pulumi";

/** Stops what runs of a stack. */
export const stop = defineCommand({
  name: "stop",
  summary: "stops all containers of the stack, what clients reach first and datastores last; all stays",
  options: { stack, yes: unasked, json },
  examples: [
    ["npm run stop", "for the night; requests under way are cut, data and numbers of replicas stay"],
    ["npm run stop -- --stack test", "a stack that nobody uses now"],
  ],
  run: (given) =>
    workOnParts("stop", given, async ({ engine, parts }) => {
      const graces = await readGraces(pulumiOn(given.stack, pulumiEnvironment(), "beside"));
      const stopped = await stopAll(engine, parts, graces, say);
      say(stopped.length === 0 ? "Nothing runs." : `Start it again: ${describeCall("start")}`);
      return stopped;
    }),
});
