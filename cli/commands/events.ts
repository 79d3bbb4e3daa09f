import { labelFilters, readLabels } from "../../engine/labels";
import { titleOf } from "../../engine/parts";
import { follow } from "../../engine/streams";
import { defineCommand, flag } from "../command";
import { exitCodes } from "../failure";
import { parseEvent } from "../operator/events";
import { untilInterrupted } from "../operator/interrupt";
import { findDeployed } from "../operator/parts";
import { json, stack, sinceOption } from "../options";
import { say } from "../processes";

/** Shows what happened to the containers of a stack. */
export const events = defineCommand({
  name: "events",
  summary: "shows what happened to the stack's containers: starts, ends, health, want of memory",
  options: {
    stack,
    since: sinceOption("1h"),
    follow: flag("goes on until Ctrl-C", "f"),
    json,
  },
  examples: [
    ["npm run events", "the last hour, as far as the engine remembers it"],
    ["npm run events -- --follow --stack prod", "what happens from now on too"],
  ],
  run: async (given) => {
    const { engine, label } = await findDeployed(given.stack);
    const args = [
      ...["events", "--format={{json .}}", `--since=${given.since}`],
      ...(given.follow ? [] : [`--until=${new Date().toISOString()}`]),
      ...["--filter=type=container", ...labelFilters({ stack: label })],
    ];
    const stream = follow(engine, args, (line) => {
      for (const event of parseEvent(line, (attributes) => titleOf(readLabels(attributes))))
        process.stdout.write(
          `${given.json ? JSON.stringify(event) : `${event.time.replace("T", " ").slice(0, 19)}  ${event.title} ${event.what}`}\n`,
        );
    });
    const release = untilInterrupted(stream.stop);
    const { code, stderr } = await stream.ended;
    release();
    if (code !== 0) say(stderr);
    return code === 0 ? exitCodes.done : exitCodes.failed;
  },
});
