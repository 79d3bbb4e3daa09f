import { withTools } from "./bare/machine.cjs";
import { Missing, prepare } from "./prepare";
import { run } from "./processes";

/** What needs no engine, in this order. */
const checks: [string, string[]][] = [
  ["prettier", ["--check", "."]],
  ["eslint", ["."]],
  ["tsc", ["--noEmit"]],
  ["vitest", ["run", "--project", "unit"]],
];

/** The suites on a real engine that every change passes. */
const proof: [string, string[]] = [
  "node",
  ["test/prove.mjs", "core", "nginx", "balancer", "datastore", "--short"],
];
const skipVariable = "FLOTILLA_SKIP_ENGINE";

async function main(): Promise<number> {
  const withoutEngine = (process.env[skipVariable] ?? "") !== "";
  try {
    if (!withoutEngine) await prepare();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    return end(1, `${error.message} (${skipVariable}=true leaves out what needs an engine.)`);
  }
  for (const [command, args] of withoutEngine ? checks : [...checks, proof]) {
    process.stdout.write(`\n> ${command} ${args.join(" ")}\n`);
    const { code } = await run(command, args, withTools(process.env));
    if (code !== 0) return end(code, `${command} found something to mend.`);
  }
  const left = withoutEngine ? ` ${skipVariable} is set: the suites on a real engine were left out.` : "";
  return end(0, `All checks passed.${left}`);
}

function end(code: number, message: string): number {
  process.stdout.write(`\n${message}\n`);
  return code;
}

void main().then((code) => {
  process.exitCode = code;
});
