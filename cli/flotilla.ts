import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsVariable } from "../stack/overrides";
import { ArgumentError, readArguments, usage, type Arguments } from "./arguments";
import { stackFolder, withTools } from "./bare/machine.cjs";
import { takeDown } from "./down";
import type { Plan } from "./plan";
import { describePlan } from "./plan-markdown";
import { Missing, prepare } from "./prepare";
import { run, say, type Output } from "./processes";
import { readEvents, readViolations, type Result } from "./result";
import { cleanStackFiles, keepStackFiles, readStackFiles } from "./bare/stack-file.cjs";
import { stateVariables } from "./state";

const pulumiCommands = { up: "up", preview: "preview", down: "destroy" };

async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  if (asked === undefined) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "flotilla-"));
  let result: Result;
  try {
    result = await deploy(asked, join(folder, "events.json"));
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    say(error.message);
    result = { ...emptyResult(asked), errors: [error.message] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  result.seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  if (asked.json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  return result.ok ? 0 : 1;
}

function emptyResult({ command, stack }: Arguments): Result {
  return { command, stack, ok: false, outputs: {}, changes: {}, seconds: 0, errors: [], warnings: [] };
}

async function deploy(asked: Arguments, events: string): Promise<Result> {
  const { command, stack, json, markdown } = asked;
  await prepare({ images: command !== "down" });
  const state = stateVariables(process.env);
  const environment = withTools({
    ...process.env,
    ...state,
    ...(asked.replicas === undefined ? {} : { FLOTILLA_REPLICAS: asked.replicas }),
    ...(asked.settings.length === 0 ? {} : { [settingsVariable]: asked.settings.join("\n") }),
  });
  // Pulumi writes its log of events only for those who look into Pulumi itself.
  if (json || markdown) environment.PULUMI_DEBUG_COMMANDS = "true";
  const output: Output = json || markdown ? "beside" : "shown";
  const isOwnState = state.FLOTILLA_CLEAN_STACK_FILES !== undefined && asked.secretsProvider === undefined;
  const stackFiles = readStackFiles(stackFolder);
  let undoSettings: (() => void) | undefined;
  try {
    const provider =
      asked.secretsProvider === undefined ? [] : [`--secrets-provider=${asked.secretsProvider}`];
    const select = ["stack", "select", "--create", stack, ...provider];
    if ((await run("pulumi", select, environment, output)).code !== 0)
      return { ...emptyResult(asked), errors: [`The stack ${stack} cannot be selected.`] };
    if (command === "preview") undoSettings = keepStackFiles(stackFolder);
    const args = [pulumiCommands[command], `--stack=${stack}`];
    if (json) args.push(`--event-log=${events}`);
    const act = async (options: string[]): Promise<boolean> => {
      const all = [...args, ...consent(asked), ...options, ...asked.passedOn];
      return (await run("pulumi", all, environment, output)).code === 0;
    };
    if (markdown) return { ...emptyResult(asked), ok: await printPlan(asked, environment, events) };
    if (command === "down") {
      const { errors, ...down } = await takeDown(asked, environment, act);
      const seen = readEvents(events);
      return { ...emptyResult(asked), ...seen, ...down, errors: [...seen.errors, ...errors] };
    }
    const ok = await act([]);
    const outputs = ok && command === "up" ? await readOutputs(stack, environment) : {};
    if (typeof outputs.url === "string" && !json) say(`The stack ${stack} answers at ${outputs.url}`);
    return { ...emptyResult(asked), ...readEvents(events), ok, outputs };
  } finally {
    undoSettings?.();
    if (isOwnState) cleanStackFiles(stackFolder, stackFiles);
  }
}

/** Says what an update would do; a preview that fails is told too. */
async function printPlan(
  { stack, passedOn }: Arguments,
  environment: NodeJS.ProcessEnv,
  events: string,
): Promise<boolean> {
  const options = ["--json", "--show-sames", "--non-interactive", `--event-log=${events}`];
  const args = ["preview", `--stack=${stack}`, ...options, ...passedOn];
  const { code, text } = await run("pulumi", args, environment, "kept");
  // Where it cannot begin, it has said why on standard error.
  const plan = text.includes("{") ? (JSON.parse(text.slice(text.indexOf("{"))) as Plan) : {};
  if (code !== 0 && plan.diagnostics === undefined) return false;
  process.stdout.write(describePlan(stack, plan, readViolations(events)));
  return code === 0;
}

/** At a terminal Pulumi shows its preview and asks; where nobody can answer, the command itself is the answer. */
function consent({ command, yes, json }: Arguments): string[] {
  if (command === "preview") return [];
  const canAsk = process.stdin.isTTY && process.stdout.isTTY && !json;
  return yes || !canAsk ? ["--yes", "--skip-preview"] : [];
}

async function readOutputs(stack: string, environment: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
  const args = ["stack", "output", "--json", `--stack=${stack}`];
  const { code, text } = await run("pulumi", args, environment, "kept");
  return code === 0 ? (JSON.parse(text) as Record<string, unknown>) : {};
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (!(error instanceof ArgumentError)) throw error;
    say(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  },
);
