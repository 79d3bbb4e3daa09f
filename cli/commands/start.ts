import { defineCommand } from "../command";
import { startAll } from "../operator/night";
import { workOnParts } from "../operator/work";
import { json, stack, unasked } from "../options";
import { say } from "../processes";

/** Starts what a stop has stopped. */
export const start = defineCommand({
  name: "start",
  summary: "starts what stop has stopped, datastores first, and waits until all is healthy",
  options: { stack, yes: unasked, json },
  examples: [["npm run start", "in the morning; up does it too, and deploys what has changed"]],
  run: (given) =>
    workOnParts("start", given, async ({ engine, parts }) => {
      const started = await startAll(engine, parts, say);
      say(started.length === 0 ? "All of it runs." : `All of it runs again: ${started.length} started.`);
      return started;
    }),
});
