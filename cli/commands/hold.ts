import { mostHeldSeconds } from "../../nginx/places";
import { describeCall } from "../call";
import { defineCommand, number, required } from "../command";
import { ofStack } from "../data-volumes";
import { holdPool, release } from "../operator/hold";
import { chooseParts } from "../operator/parts";
import { workOnParts } from "../operator/work";
import { json, stack, unasked } from "../options";
import { say } from "../processes";

/** Holds requests for a short work, and lets them go on. */
export const hold = defineCommand({
  name: "hold",
  summary:
    "has requests of a pool wait for a short work, such as one on a store, instead of failing; they go on by themselves",
  arguments: { pool: required("a pool that gets requests; off, to let all go on at once") },
  options: {
    stack,
    seconds: number("number", "most seconds that they wait; 30 when left out", 30, {
      ...{ least: 1, most: mostHeldSeconds },
    }),
    ...{ yes: unasked, json },
  },
  examples: [
    ["npm run hold -- api", "for half a minute at most"],
    ["npm run hold -- api --seconds 120 --stack prod", "for two minutes, while clients have the patience"],
    ["npm run hold -- off", "they go on now"],
  ],
  run: (given) =>
    workOnParts("hold", given, async ({ engine, parts }) => {
      const { pool, seconds } = given;
      if (pool === "off") {
        const released = await release(engine, parts);
        say(
          released.pools.length === 0
            ? "Nothing is held."
            : `Requests of ${released.pools.join(", ")} go on.`,
        );
        return released.parts.map(({ title }) => title);
      }
      chooseParts(parts, [pool]);
      const holding = await holdPool(engine, parts, { pool, seconds });
      say(
        `Requests of ${pool} wait, for ${seconds} s at most. Those that its replicas have are answered. End it: ${describeCall("hold", "off", ...ofStack(given.stack))}`,
      );
      return holding.map(({ title }) => title);
    }),
});
