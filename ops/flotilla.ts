import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectFolder, pulumiEnvironment, run, toolEnvironment } from "./environment";
import { prepare } from "./prepare";

const usage = `Usage: flotilla up | preview | down [--stack dev] [--replicas api=3,worker=2] [options of Pulumi's own]
  up       deploys the stack, or updates it
  preview  shows what up would do
  down     removes what the stack deployed`;

function main(): number {
  const { values, positionals, tokens } = parseArgs({
    options: {
      stack: { type: "string", default: "dev" },
      replicas: { type: "string" },
      help: { type: "boolean" },
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [command] = positionals;
  if (values.help === true || (command !== "up" && command !== "preview" && command !== "down")) {
    process.stdout.write(`${usage}\n`);
    return values.help === true ? 0 : 2;
  }
  const own = new Set(["stack", "replicas", "help"]);
  const passedOn = tokens.flatMap((token) =>
    token.kind === "option" && !own.has(token.name)
      ? [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`]
      : [],
  );
  const stack = String(values.stack);
  const missing = prepare(toolEnvironment());
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`);
    return 1;
  }
  const environment = pulumiEnvironment();
  if (typeof values.replicas === "string") environment.FLOTILLA_REPLICAS = values.replicas;
  return keepingStackFile(stack, () => {
    const selected = run("pulumi", ["stack", "select", "--create", stack], environment);
    if (selected !== 0) return selected;
    const yes = command === "preview" ? [] : ["--yes", "--skip-preview"];
    return run(
      "pulumi",
      [command === "down" ? "destroy" : command, "--stack", stack, ...yes, ...passedOn],
      environment,
    );
  });
}

/** Pulumi writes the salt of its encryption into the stack's file; where nothing in it is encrypted, it stays as it was. */
function keepingStackFile(stack: string, work: () => number): number {
  const file = join(projectFolder, `Pulumi.${stack}.yaml`);
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const code = work();
  if (before !== undefined && !/^encryptionsalt:|secure:/m.test(before)) writeFileSync(file, before);
  return code;
}

process.exitCode = main();
