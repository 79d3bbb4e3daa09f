import { join, resolve } from "node:path";
import type { OutsideProject } from "../../support/outside-project";
import { start as startProgram } from "../../support/processes";
import { makeEnvironment } from "../../support/workspace";

const root = resolve(__dirname, "../../../..");

/** Runs a command of `npm run example -- <name>` on the stack of a test; gives the result that `--json` prints, or fails. */
export async function runExample<Result>(
  { folder, stack, state }: OutsideProject,
  command: "up" | "preview" | "down" | "backup" | "restore",
  ...args: string[]
): Promise<Result> {
  const program = [
    ...["--require", join(root, "loader/register.cjs"), join(root, "cli/main.ts")],
    ...[command, ...args, "--stack", stack, "--json"],
  ];
  const environment = { ...makeEnvironment(state), FLOTILLA_PROJECT_FOLDER: folder };
  const { code, text } = await startProgram(process.execPath, program, root, environment).ended;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${text}`);
  // What happened meanwhile is told in lines, which may come between.
  const from = text.indexOf("{\n");
  return JSON.parse(text.slice(from, text.indexOf("\n}", from) + 2)) as Result;
}
