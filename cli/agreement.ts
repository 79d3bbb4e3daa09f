import { keepStackFiles } from "../stack/stack-files";
import { stackFolder } from "./bare/machine.cjs";
import { confirm, say } from "./processes";
import { countChanges } from "./plan";
import type { Plan } from "./printed-plan";
import { describePlanInText } from "./plan-text";
import { Failure } from "./failure";
import { readViolations } from "./result";
import { canAsk, type OpenStack, agreed } from "./stack";

/** The words of a user about the question. */
interface Asked {
  yes: boolean;
  json: boolean;
  verbose: boolean;
  passedOn: string[];
}

/** Options that only what follows a preview has. */
const ofUpdates = ["--skip-preview", "-f", "--continue-on-error"];

/**
 * Shows at a terminal what an update does to traffic, and asks; gives the options with which it is to be done, or nothing where
 * the plan cannot be made.
 */
export async function agree(open: OpenStack, asked: Asked): Promise<string[] | undefined> {
  if (!canAsk(asked) || asked.passedOn.some((word) => ["--skip-preview", "-f"].includes(word))) return agreed;
  // Who wants to see Pulumi's own lines gets its question with them.
  if (asked.verbose) return [];
  const { ok, plan } = await lookAtPlan(
    open,
    asked.passedOn.filter((word) => !ofUpdates.includes(word)),
  );
  if (!ok) return undefined;
  // Nothing that can be judged: it is made sure of that all runs.
  if (Object.keys(countChanges(plan)).length === 0) return agreed;
  if (!(await confirm(`Deploy this to ${open.pulumi.stack}?`))) throw new Failure("Nothing was changed.");
  return agreed;
}

/** Says at a terminal what an update would do. */
export async function lookAtPlan(open: OpenStack, passedOn: string[]): Promise<{ ok: boolean; plan: Plan }> {
  const { stack } = open.pulumi;
  say(`Looks at what this changes in ${stack} …`);
  const looked = await readPlan(open, passedOn);
  if (looked.ok)
    process.stdout.write(`${describePlanInText(stack, looked.plan, readViolations(open.events))}\n`);
  return looked;
}

/** Asks Pulumi what an update would do. */
export async function readPlan(
  { pulumi, options: own }: OpenStack,
  passedOn: string[],
): Promise<{ ok: boolean; plan: Plan }> {
  const undoSettings = keepStackFiles(stackFolder);
  try {
    const options = ["--json", "--show-sames", "--non-interactive", ...own];
    const { ok, text } = await pulumi.print(["preview"], ...options, ...passedOn);
    const plan = text.includes("{") ? (JSON.parse(text.slice(text.indexOf("{"))) as Plan) : {};
    return { ok, plan };
  } finally {
    undoSettings();
  }
}
