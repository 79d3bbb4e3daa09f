import { keepStackFiles } from "../../stack/stack-files";
import { stackFolder } from "../bare/machine.cjs";
import { describeCall } from "../call";
import { defineCommand, flag } from "../command";
import { ofStack } from "../data-volumes";
import { Misuse } from "../failure";
import { json, replicas, secretsProvider, set, stack, unasked } from "../options";
import { describePlan } from "../plan-markdown";
import { say } from "../processes";
import { readEvents, readViolations } from "../result";
import { type OpenStack, workOnStack } from "../stack";
import { lookAtPlan, readPlan } from "../agreement";

/** Shows what an update would do. */
export const preview = defineCommand({
  name: "preview",
  summary: "shows what up would do",
  options: {
    ...{ stack, replicas, set, json },
    markdown: flag("what would change, in Markdown on standard output"),
    secretsProvider,
    yes: unasked,
  },
  passesOn: { to: "Pulumi", options: ["--parallel 8", "--diff"] },
  examples: [
    ["npm run preview", "the stack dev"],
    ["npm run preview -- --stack prod --markdown", "for people who have to judge it"],
    ["npm run preview -- --diff", "each resource, with what changes in it; an option of Pulumi's"],
    ["npm run preview -- --policy-pack policies", "which policies it would break; an option of Pulumi's"],
  ],
  check: ({ json, markdown }) => {
    if (json && markdown) throw new Misuse("--markdown and --json cannot be combined: leave one out.");
  },
  run: (given) =>
    workOnStack(
      {
        ...{ command: "preview", stack: given.stack, json: given.json, needsImages: true },
        isQuiet: given.json || given.markdown,
        secretsProvider: given.secretsProvider,
        told: given,
      },
      async (open) => {
        const undoSettings = keepStackFiles(stackFolder);
        try {
          if (given.markdown) return { ok: await printPlan(open, given.passedOn) };
          const isForPeople = !given.json && process.stdout.isTTY && given.passedOn.length === 0;
          return { ok: await (isForPeople ? tellPlan(open) : showPlan(open, given.passedOn)) };
        } finally {
          undoSettings();
        }
      },
    ),
});

function showPlan({ show }: OpenStack, passedOn: string[]): Promise<boolean> {
  return show("preview", "--suppress-progress", ...passedOn);
}

/** Says at a terminal what an update would do to traffic, as the question before an update does. */
async function tellPlan(open: OpenStack): Promise<boolean> {
  const { ok } = await lookAtPlan(open, []);
  readEvents(open.events).warnings.forEach((warning) => {
    say(`warning: ${warning}`);
  });
  if (ok) say(`Each resource: ${describeCall("preview", ...ofStack(open.pulumi.stack), "--diff")}`);
  return ok;
}

/** Says what an update would do; a preview that fails is told too. */
async function printPlan(open: OpenStack, passedOn: string[]): Promise<boolean> {
  const { ok, plan } = await readPlan(open, passedOn);
  const violations = readViolations(open.events);
  const hasReason = violations.length > 0 || plan.diagnostics?.some(({ severity }) => severity === "error");
  // Where it cannot begin, it has said why on standard error; a plan without a reason would say that nothing changes.
  if (!ok && hasReason !== true) return false;
  process.stdout.write(describePlan(open.pulumi.stack, plan, violations));
  return ok;
}
