import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stackFolder } from "./bare/machine.cjs";
import { withoutOwner } from "./data-volumes";
import { Failure, Misuse } from "./failure";
import { describeRefusal } from "./progress/refusals";
import type { Pulumi } from "./pulumi";
import { suggestNearest } from "./slip";

/** Selects a stack, and makes it first where it is one of those that the project has files for; gives whether it was made. */
export async function selectStack(pulumi: Pulumi, secretsProvider: string | undefined): Promise<boolean> {
  const { code, text } = await pulumi.watch(["stack", "select"]);
  if (code === 0) return false;
  if (!/no stack named/.test(text)) throw new Failure(describeRefusal(text, pulumi.stack));
  refuseUnknown(pulumi.stack, stackFolder);
  const provider = secretsProvider === undefined ? [] : [`--secrets-provider=${secretsProvider}`];
  const made = await pulumi.watch(["stack", "select"], "--create", ...provider);
  if (made.code !== 0) throw new Failure(describeRefusal(made.text, pulumi.stack));
  return true;
}

/** A mistyped name would be a stack of its own, with nothing in it. */
export function refuseUnknown(stack: string, folder: string): void {
  const name = withoutOwner(stack);
  const known = readdirSync(folder).flatMap((file) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(file)?.[1] ?? []);
  // A program may need no settings, and then its stacks no files.
  if (known.length === 0 || existsSync(join(folder, `Pulumi.${name}.yaml`))) return;
  throw new Misuse(
    `There is no stack ${stack}.${suggestNearest(name, known)} The project has ${known.join(", ")}. For a new one, write its settings into Pulumi.${name}.yaml.`,
  );
}
