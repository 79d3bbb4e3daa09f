import { defineCommand, flag } from "../command";
import { takeDown } from "../down";
import { json, secretsProvider, stack } from "../options";
import { consent, workOnStack } from "../stack";

/** Removes what a stack deployed. */
export const down = defineCommand({
  name: "down",
  summary: "removes what the stack deployed, but not its data and what was generated for them",
  options: {
    stack,
    volumes: flag(
      "removes the data and generated secrets too, for good; asks first, and --yes is the answer",
    ),
    yes: flag("no preview and no question first; the same where there is no terminal", "y"),
    ...{ json, secretsProvider },
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
        secretsProvider: given.secretsProvider,
      },
      ({ pulumi, act }) => {
        const answers = consent(given);
        return takeDown(given, pulumi, {
          asks: answers.length === 0,
          run: (options) => act("destroy", ...answers, ...options, ...given.passedOn),
        });
      },
    ),
});
