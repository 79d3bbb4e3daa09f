import { withTools } from "../bare/machine.cjs";
import { defineCommand } from "../command";
import { exitCodes, Failure } from "../failure";
import { prepare } from "../prepare";
import { run, runScript } from "../processes";

/** Checks of one processor each, at the same time. */
const readers: [string, string[]][] = [
  ["prettier", ["--check", "."]],
  ["eslint", ["."]],
  ["tsc", ["--noEmit"]],
];
/** The tests that need no engine. */
const unitTests = ["run", "--project", "unit"];
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
    const code =
      (await readAll()) ||
      (await check("vitest", unitTests, () =>
        run("vitest", unitTests, withTools(process.env)).then((end) => end.code),
      )) ||
      (withoutEngine
        ? exitCodes.done
        : await check("flotilla", proof, () => runScript("cli/main.ts", proof, process.env)));
    if (code !== exitCodes.done) return code;
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

/** Runs the checks that read files alone; gives the exit code of the first that finds something, when all are over. */
async function readAll(): Promise<number> {
  const ends = readers.map(([program, args]) => run(program, args, withTools(process.env), "kept"));
  let found: number = exitCodes.done;
  for (const [index, [program, args]] of readers.entries()) {
    const code = await check(program, args, async () => {
      const end = await ends[index];
      process.stdout.write(end?.text ?? "");
      return end?.code ?? exitCodes.failed;
    });
    if (found === exitCodes.done) found = code;
  }
  return found;
}

async function check(program: string, args: string[], act: () => Promise<number>): Promise<number> {
  process.stdout.write(`\n> ${program} ${args.join(" ")}\n`);
  const code = await act();
  if (code !== exitCodes.done) process.stdout.write(`\n${program} found something to mend.\n`);
  return code;
}
