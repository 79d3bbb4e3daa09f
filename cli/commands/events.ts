import { labelFilters, readLabels } from "../../engine/labels";
import { titleOf } from "../../engine/parts";
import { follow, type Stream } from "../../engine/streams";
import { defineCommand, flag } from "../command";
import { exitCodes, Failure } from "../failure";
import { mergeEvents, parseEvent, type PartEvent, readMoment, recallEvents } from "../operator/events";
import { followToEnd } from "../operator/interrupt";
import { findDeployed } from "../operator/parts";
import { json, stack, sinceOption } from "../options";

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
    [
      "npm run events",
      "the last hour: the last start and end of each container, and as much more as the engine remembers",
    ],
    ["npm run events -- --follow --stack prod", "what happens from now on too"],
  ],
  run: async (given) => {
    const { engine, label, parts } = await findDeployed(given.stack);
    const begin = new Date();
    const ask = (options: string[], take: (event: PartEvent) => void): Stream =>
      follow(
        engine,
        [
          "events",
          "--format={{json .}}",
          ...options,
          "--filter=type=container",
          ...labelFilters({ stack: label }),
        ],
        (line) => {
          parseEvent(line, (attributes) => titleOf(readLabels(attributes))).forEach(take);
        },
      );
    const show = (event: PartEvent): void => {
      const text = `${event.time.replace("T", " ").slice(0, 19)}  ${event.title} ${event.what}`;
      process.stdout.write(`${given.json ? JSON.stringify(event) : text}\n`);
    };
    const known = recallEvents(parts);
    const past = await ask([`--since=${given.since}`, `--until=${begin.toISOString()}`], (event) =>
      known.push(event),
    ).ended;
    if (past.code !== 0) throw new Failure(`The engine does not tell its events: ${past.stderr}`);
    mergeEvents(known, readMoment(given.since, begin.getTime())).forEach(show);
    if (!given.follow) return exitCodes.done;
    return followToEnd(ask([`--since=${begin.toISOString()}`], show));
  },
});
