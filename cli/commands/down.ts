import { defineCommand, flag } from "../command";
import { takeDown } from "../down";
import { json, secretsProvider, stack, verbose } from "../options";
import { agreed, workOnStack } from "../stack";

/** Removes what a stack deployed. */
export const down = defineCommand({
  name: "down",
  summary: "removes what the stack deployed, but not its data and what was generated for them",
  options: {
    stack,
    volumes: flag(
      "removes the data and generated secrets too, for good; asks first, and --yes is the answer",
    ),
    yes: flag("no question first; the same where there is no terminal", "y"),
    ...{ json, verbose, secretsProvider },
  },
  passesOn: { to: "Pulumi", options: ["--parallel 8", "--diff"] },
  examples: [
    ["npm run down", "the stack dev; its data, generated secrets and replica counts stay"],
    ["npm run down -- --volumes", "lists the data too, asks, and removes them"],
  ],
  run: (given) =>
    workOnStack(
      {
        ...{ command: "down", stack: given.stack, json: given.json, isQuiet: given.json, needsImages: false },
        ...{ verbose: given.verbose, secretsProvider: given.secretsProvider },
      },
      ({ pulumi, act }) =>
        takeDown(given, pulumi, (options) => act("destroy", ...agreed, ...options, ...given.passedOn)),
    ),
});
