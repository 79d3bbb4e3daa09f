import { withoutCanaryVariable } from "../../deploy/canary-settings";
import { replacedVariable } from "../../engine/replaced";
import { describeCall } from "../call";
import { defineCommand, flag, text } from "../command";
import { ofStack } from "../data-volumes";
import { json, replicas, secretsProvider, set, stack, verbose } from "../options";
import { say } from "../processes";
import { describeChanges } from "../progress/receipt";
import type { Deed } from "../progress/watch";
import type { Pulumi } from "../pulumi";
import { agree } from "../agreement";
import { workOnStack } from "../stack";

/** Deploys a stack, or updates it. */
export const up = defineCommand({
  name: "up",
  summary: "deploys the stack, or updates it, and prints its address",
  options: {
    ...{ stack, replicas, set },
    replaces: text(
      "container",
      "a container that has the balancer's port, such as Compose's Nginx: it is stopped right before the balancer takes it",
      undefined,
    ),
    withoutCanary: flag("new replicas get all requests at once, also where a pool has a canary"),
    yes: flag("no plan and no question first; the same where there is no terminal", "y"),
    ...{ json, verbose, secretsProvider },
  },
  passesOn: { to: "Pulumi", options: ["--parallel 8", "--diff"] },
  examples: [
    ["npm run up", "the stack dev"],
    ["npm run up -- --replicas api=3 --yes", "three replicas, which later runs keep"],
    ["npm run up -- --stack prod --set pools.api.image=registry.example.com/api:1.3", "another version"],
    ["npm run up -- --policy-pack policies", "only what keeps to the policies; an option of Pulumi's"],
  ],
  run: (given) => {
    // For the plan too, which says what will happen.
    if (given.withoutCanary) process.env[withoutCanaryVariable] = "true";
    const verbose = given.verbose || given.passedOn.includes("--diff");
    return workOnStack(
      {
        ...{ command: "up", stack: given.stack, json: given.json, isQuiet: given.json, needsImages: true },
        ...{ verbose, secretsProvider: given.secretsProvider, told: given },
        variables: { [replacedVariable]: given.replaces },
      },
      async (open) => {
        const answer = await agree(open, { ...given, verbose });
        if (answer === undefined) return { ok: false };
        const deed = await open.act("up", ...answer, ...given.passedOn);
        const outputs = deed.ok ? await readOutputs(deed, open.pulumi) : {};
        if (deed.ok && !given.json) tellEnd(given.stack, deed, outputs);
        return { ok: deed.ok, outputs };
      },
    );
  },
});

/** Tells what has become of the stack, where it answers, and after its first deployment what may be looked at. */
function tellEnd(stack: string, { board, milliseconds }: Deed, outputs: Record<string, unknown>): void {
  const options = ofStack(stack);
  const isFirst = board.rows.every(({ isMade = false }) => isMade);
  say(
    [
      describeChanges(board, milliseconds),
      typeof outputs.url === "string"
        ? `The stack ${stack} answers at ${outputs.url}`
        : `The stack ${stack} runs; nothing of it is published`,
      ...(isFirst && board.rows.length > 0
        ? [
            `Look at it: ${describeCall("status", ...options)}; read its logs: ${describeCall("logs", ...options, "--follow")}`,
          ]
        : []),
    ].join("\n"),
  );
}

/** As Pulumi told them during the update, or as it knows them. */
async function readOutputs({ ending }: Deed, pulumi: Pulumi): Promise<Record<string, unknown>> {
  if (ending?.outputs !== undefined) return ending.outputs;
  const { ok, text } = await pulumi.print(["stack", "output"], "--json");
  return ok ? (JSON.parse(text) as Record<string, unknown>) : {};
}
