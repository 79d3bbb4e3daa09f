import { defineCommand, flag } from "../command";
import { json, replicas, secretsProvider, set, stack } from "../options";
import { say } from "../processes";
import type { Pulumi } from "../pulumi";
import { consent, workOnStack } from "../stack";

/** Deploys a stack, or updates it. */
export const up = defineCommand({
  name: "up",
  summary: "deploys the stack, or updates it, and prints its address",
  options: {
    ...{ stack, replicas, set },
    yes: flag("no preview and no question first; the same where there is no terminal", "y"),
    ...{ json, secretsProvider },
  },
  passesOn: { to: "Pulumi", options: ["--parallel 8", "--diff"] },
  examples: [
    ["npm run up", "the stack dev"],
    ["npm run up -- --replicas api=3 --yes", "three replicas, which later runs keep"],
    ["npm run up -- --stack prod --set pools.api.image=registry.example.com/api:1.3", "another version"],
    ["npm run up -- --policy-pack policies", "only what keeps to the policies; an option of Pulumi's"],
  ],
  run: (given) =>
    workOnStack(
      {
        ...{ command: "up", stack: given.stack, json: given.json, isQuiet: given.json, needsImages: true },
        secretsProvider: given.secretsProvider,
        told: given,
      },
      async ({ pulumi, act }) => {
        const ok = await act("up", ...consent(given), ...given.passedOn);
        const outputs = ok ? await readOutputs(pulumi) : {};
        if (ok && !given.json)
          say(
            typeof outputs.url === "string"
              ? `The stack ${given.stack} answers at ${outputs.url}`
              : `The stack ${given.stack} runs; nothing of it is published`,
          );
        return { ok, outputs };
      },
    ),
});

async function readOutputs(pulumi: Pulumi): Promise<Record<string, unknown>> {
  const { ok, text } = await pulumi.print(["stack", "output"], "--json");
  return ok ? (JSON.parse(text) as Record<string, unknown>) : {};
}
