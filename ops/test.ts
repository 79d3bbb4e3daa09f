import { run, toolEnvironment } from "./environment";

/** What `npm test` does, in this order; the engine's part needs Docker. */
const steps: [string, string[]][] = [
  ["prettier", ["--check", "."]],
  ["eslint", ["."]],
  ["tsc", ["--noEmit"]],
  ["vitest", ["run", "--project", "unit"]],
  ["node", ["test/prove.mjs", "core", "nginx"]],
];

const withoutEngine = process.env.FLOTILLA_SKIP_ENGINE === "true";
const environment = toolEnvironment();
const wanted = withoutEngine ? steps.slice(0, -1) : steps;
const failed = wanted.find(([command, args]) => {
  process.stdout.write(`\n> ${command} ${args.join(" ")}\n`);
  return run(command, args, environment) !== 0;
});
if (failed !== undefined) {
  process.stderr.write(`\n${failed[0]} found something to mend.\n`);
  process.exitCode = 1;
} else {
  const left = withoutEngine ? " FLOTILLA_SKIP_ENGINE is set: the suite on a real engine was left out." : "";
  process.stdout.write(`\nAll checks passed.${left}\n`);
}
