import { setTimeout as wait } from "node:timers/promises";
import type { Engine } from "../../engine/client";
import { stopContainer } from "../../engine/containers";
import { type Part, readParts } from "../../engine/parts";
import { describeCall } from "../call";
import { Failure } from "../failure";
import type { Pulumi } from "../pulumi";
import { isWell } from "./parts";
import { orderStart } from "./start-order";

/** Seconds that a container has to end where the state does not say. */
const usualSeconds = 60;

/** Stops all containers of a stack, what clients reach first and the datastores last. */
export async function stopAll(
  engine: Engine,
  parts: Part[],
  graces: Map<string, number>,
  tell: (message: string) => void,
): Promise<string[]> {
  const running = parts.filter(({ state }) => ["running", "restarting", "paused"].includes(state));
  for (const wave of orderStart(running).reverse()) {
    await Promise.all(wave.map((part) => stopOne(engine, part, graces.get(part.id) ?? usualSeconds)));
    tell(`stopped: ${wave.map(({ title }) => title).join(", ")}`);
  }
  return running.map(({ title }) => title);
}

async function stopOne(engine: Engine, { id, title }: Part, seconds: number): Promise<void> {
  const { code, stderr } = await stopContainer(engine, id, seconds);
  if (code !== 0) throw new Failure(`${title} was not stopped: ${stderr.trim()}`);
}

/** Most seconds until a container is healthy. */
const startSeconds = 300;

/** Starts all containers of a stack that do not run, the datastores first; each has to be healthy before those that need it. */
export async function startAll(
  engine: Engine,
  parts: Part[],
  tell: (message: string) => void,
): Promise<string[]> {
  const started: string[] = [];
  for (const wave of orderStart(parts)) {
    const stopped = wave.filter(({ state }) => state !== "running");
    if (stopped.length > 0) {
      const { code, stderr } = await engine.attempt(["start", ...stopped.map(({ id }) => id)]);
      if (code !== 0) throw new Failure(`Not started: ${stderr.trim()} Deploy again: ${describeCall("up")}`);
      started.push(...stopped.map(({ title }) => title));
    }
    await awaitWell(engine, wave);
    if (stopped.length > 0) tell(`started: ${stopped.map(({ title }) => title).join(", ")}`);
  }
  return started;
}

async function awaitWell(engine: Engine, wave: Part[]): Promise<void> {
  const ids = wave.map(({ id }) => id);
  const deadline = Date.now() + startSeconds * 1000;
  for (;;) {
    const ill = (await readParts(engine, ids)).filter((part) => !isWell(part));
    if (ill.length === 0) return;
    if (Date.now() > deadline)
      throw new Failure(
        `${ill.map(({ title, health, state }) => `${title} is ${health ?? state}`).join(", ")} after ${startSeconds} seconds; what needs it was not started. Look at: ${describeCall("logs", ill[0]?.title ?? "")}`,
      );
    await wait(500);
  }
}

/** Seconds that each container has to end, by its id, as the stack's state has them. */
export async function readGraces(pulumi: Pulumi): Promise<Map<string, number>> {
  const { ok, text } = await pulumi.print(["stack", "export"]);
  return ok ? parseGraces(text) : new Map();
}

interface State {
  deployment?: { resources?: { id?: string; type: string; inputs?: { destroyGraceSeconds?: unknown } }[] };
}

/** Reads an exported state. */
export function parseGraces(text: string): Map<string, number> {
  const { deployment } = JSON.parse(text) as State;
  return new Map(
    (deployment?.resources ?? []).flatMap(({ id, inputs }) =>
      id !== undefined && typeof inputs?.destroyGraceSeconds === "number"
        ? [[id, inputs.destroyGraceSeconds] as const]
        : [],
    ),
  );
}
