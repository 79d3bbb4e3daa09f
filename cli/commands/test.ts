import { withTools } from "../bare/machine.cjs";
import { defineCommand } from "../command";
import { exitCodes, Failure } from "../failure";
import { prepare } from "../prepare";
import { run, runScript } from "../processes";

/** The checks that need no engine, in this order. */
const checks: [string, string[]][] = [
  ["prettier", ["--check", "."]],
  ["eslint", ["."]],
  ["tsc", ["--noEmit"]],
  ["vitest", ["run", "--project", "unit"]],
];
/** The suites on a real engine that every change passes. */
const proof = ["prove", "core", "nginx", "balancer", "datastore", "--short"];
const skipVariable = "FLOTILLA_SKIP_ENGINE";

/** Runs all checks that a change has to pass. */
export const test = defineCommand({
  name: "test",
  summary: "format, lint, types, unit and golden tests, and the promises",
  examples: [
    ["npm test", "all of it"],
    [`${skipVariable}=true npm test`, "what needs no engine"],
  ],
  run: async () => {
    const withoutEngine = (process.env[skipVariable] ?? "") !== "";
    if (!withoutEngine) await prepareEngine();
    for (const [program, args] of checks) {
      const code = await check(program, args, () =>
        run(program, args, withTools(process.env)).then((end) => end.code),
      );
      if (code !== exitCodes.done) return code;
    }
    if (!withoutEngine) {
      const code = await check("flotilla", proof, () => runScript("cli/main.ts", proof, process.env));
      if (code !== exitCodes.done) return code;
    }
    const left = withoutEngine ? ` ${skipVariable} is set: the suites on a real engine were left out.` : "";
    process.stdout.write(`\nAll checks passed.${left}\n`);
    return exitCodes.done;
  },
});

async function prepareEngine(): Promise<void> {
  try {
    await prepare();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`${error.message} (${skipVariable}=true leaves out what needs an engine.)`);
  }
}

async function check(program: string, args: string[], act: () => Promise<number>): Promise<number> {
  process.stdout.write(`\n> ${program} ${args.join(" ")}\n`);
  const code = await act();
  if (code !== exitCodes.done) process.stdout.write(`\n${program} found something to mend.\n`);
  return code;
}
