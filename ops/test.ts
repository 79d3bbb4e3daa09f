import { run, toolEnvironment } from "./environment";
import { prepare } from "./prepare";

/** What needs no engine, in this order. */
const checks: [string, string[]][] = [
  ["prettier", ["--check", "."]],
  ["eslint", ["."]],
  ["tsc", ["--noEmit"]],
  ["vitest", ["run", "--project", "unit"]],
];

/** The suites on a real engine that every change passes. */
const proof: [string, string[]] = ["node", ["test/prove.mjs", "core", "nginx"]];

function main(): number {
  const withoutEngine = process.env.FLOTILLA_SKIP_ENGINE === "true";
  const missing = withoutEngine ? undefined : prepare(toolEnvironment());
  if (missing !== undefined) return end(1, missing);
  for (const [command, args] of withoutEngine ? checks : [...checks, proof]) {
    process.stdout.write(`\n> ${command} ${args.join(" ")}\n`);
    const code = run(command, args, toolEnvironment());
    if (code !== 0) return end(code, `${command} found something to mend.`);
  }
  const left = withoutEngine
    ? " FLOTILLA_SKIP_ENGINE is set: the suites on a real engine were left out."
    : "";
  return end(0, `All checks passed.${left}`);
}

function end(code: number, message: string): number {
  process.stdout.write(`\n${message}\n`);
  return code;
}

process.exitCode = main();
