import type { Answer } from "../backup/answers";
import { files } from "../backup/settings";
import { type Engine, longSeconds } from "../engine/client";
import { labelField, labelFilters } from "../engine/labels";
import { describeCall } from "./call";
import { labelOf, findEngine } from "./data-volumes";
import { Failure } from "./failure";
import type { Pulumi } from "./pulumi";

/** The container that keeps the backups of a datastore. */
export interface Keeper {
  /** Its answer; fails with the reason where there is none. */
  ask(command: string, argument: string): Promise<unknown>;
}

/** Finds the container that keeps the backups of a datastore. */
export async function findKeeper(pulumi: Pulumi, store: string): Promise<Keeper> {
  const { stack } = pulumi;
  const engine = await findEngine(pulumi);
  const filters = labelFilters({ stack: labelOf(stack), role: "store-backup" });
  const format = `--format=${labelField("store")} {{.Names}} {{.State}}`;
  const { code, stdout, stderr } = await engine.attempt(["ps", "--all", format, ...filters]);
  if (code !== 0)
    throw new Failure(`Docker cannot be asked: ${stderr.trim()} Run ${describeCall("doctor")}.`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const known = lines.map((line) => line.split(" ")[0] ?? "");
  const [, container = "", state] =
    lines.map((line) => line.split(" ")).find(([name]) => name === store) ?? [];
  if (container === "")
    throw new Failure(
      `The stack ${stack} has no backups of a datastore "${store}". ${
        known.length === 0
          ? "It has none of any datastore: set `backup` in its settings, and deploy."
          : `It has backups of ${known.join(", ")}.`
      }`,
    );
  if (state !== "running")
    throw new Failure(
      `The container ${container} is ${state ?? "gone"}. Start it: docker start ${container}`,
    );
  return { ask: (command, argument) => askKeeper(engine, container, [command, argument], longSeconds) };
}

/** Has a keeper's container do something; fails with the reason where it does not. */
export async function askKeeper(
  engine: Engine,
  container: string,
  words: [command: string, argument: string],
  seconds: number,
): Promise<unknown> {
  const exec = ["exec", container, "node", files.program, ...words];
  const answer = readAnswer(container, await engine.attempt(exec, { seconds }));
  if (!answer.ok) throw new Failure(answer.fault);
  return answer.result;
}

function readAnswer(container: string, { stdout, stderr }: { stdout: string; stderr: string }): Answer {
  try {
    return JSON.parse(stdout) as Answer;
  } catch {
    return { ok: false, fault: `${container} does not answer: ${(stderr || stdout).trim()}` };
  }
}
