import { type Engine, Failure } from "../engine/client";
import { readLog, stopContainer } from "../engine/containers";
import { composeShell } from "../engine/shell";
import { inBalancer } from "./balancer";
import { findContainers } from "./containers";
import { controlValues } from "./control";
import { sleep } from "./process";
import type { Draining, PushTask } from "./tasks";
import { fetchSh, servingSh } from "./texts";

/** Seconds that a balancer gets to start beside the others. */
const startSeconds = 30;

/** The containers among these whose Nginx answers; the only one always does, sooner or later. */
export async function findServing(engine: Engine, balancers: string[]): Promise<string[]> {
  if (balancers.length <= 1) return balancers;
  const states = await Promise.all(balancers.map((each) => readState(engine, each)));
  return balancers.filter((_, index) => ["open", "other"].includes(states[index] ?? ""));
}

async function readState(engine: Engine, balancer: string): Promise<string> {
  const script = composeShell(controlValues, fetchSh, servingSh);
  return inBalancer(engine, balancer, script, { seconds: 15 }).catch(() => "none");
}

/** Waits until all balancers of a front are open to clients; gives why those are not that are not. */
async function awaitOpen(engine: Engine, balancers: string[]): Promise<string | undefined> {
  const deadline = Date.now() + startSeconds * 1000;
  for (;;) {
    const states = await Promise.all(balancers.map((each) => readState(engine, each)));
    if (states.every((state) => state === "open")) return undefined;
    if (states.includes("waits")) return "they wait for their first settings";
    if (Date.now() > deadline)
      return describeAll(
        engine,
        balancers.filter((_, index) => states[index] !== "open"),
      );
    await sleep(100);
  }
}

async function describeAll(engine: Engine, balancers: string[]): Promise<string> {
  return (await Promise.all(balancers.map((each) => describe(engine, each)))).join("");
}

async function describe(engine: Engine, balancer: string): Promise<string> {
  const lines = await readLog(engine, balancer, 5);
  return `\n  ${balancer} has not started within ${startSeconds} s:\n${lines.replaceAll(/^/gm, "    ")}`;
}

/** Those that have been told to end. */
interface Ending {
  names: string[];
  /** Done when they have. */
  ended: Promise<unknown>;
}

const nobody: Ending = { names: [], ended: Promise.resolve() };

/**
 * Tells the balancers of a front that are to go so, when all that are to stay are open to clients; nobody where these are not,
 * and where there is no front. Each goes on with what it was asked for as long as a replica would.
 */
export async function takeOver(engine: Engine, task: PushTask): Promise<Ending> {
  const { sharing } = task;
  if (sharing === undefined) return nobody;
  await removeEnded(engine, task, sharing);
  return (await awaitOpen(engine, sharing)) === undefined ? endOthers(engine, task, sharing) : nobody;
}

/** The same, but fails where those that are to stay do not start. */
export async function requireTakeOver(engine: Engine, task: PushTask): Promise<Ending> {
  const { sharing } = task;
  if (sharing === undefined) return nobody;
  const problem = await awaitOpen(engine, sharing);
  if (problem !== undefined)
    throw new Failure(`A balancer does not start; the ones of before go on: ${problem}`);
  return endOthers(engine, task, sharing);
}

/** Removes those that have ended and that no deployment knows, as an update leaves them that was killed. */
async function removeEnded(engine: Engine, task: PushTask, sharing: string[]): Promise<void> {
  const filters = ["status=exited", "status=created", "status=dead"];
  for (const name of await findOthers(engine, task, sharing, { filters, all: true }))
    await engine.attempt(["rm", "--force", name]);
}

async function endOthers(engine: Engine, task: PushTask, sharing: string[]): Promise<Ending> {
  const names = await findOthers(engine, task, sharing);
  const seconds = countEndSeconds(task.upstreams);
  return { names, ended: Promise.all(names.map((name) => stopContainer(engine, name, seconds))) };
}

/** Names of the containers that share the front and are not to stay. */
async function findOthers(
  engine: Engine,
  { balancer, network }: PushTask,
  sharing: string[],
  which: { filters?: string[]; all?: boolean } = {},
): Promise<string[]> {
  const own = { role: "balancer", balancer, shares: network } as const;
  const found = await findContainers(engine, own, undefined, which);
  return found.filter((name) => !sharing.includes(name));
}

/** Seconds that a balancer which is to go has for what it was asked: no replica has longer. */
export function countEndSeconds(pools: Pick<Draining, "drainSeconds">[]): number {
  return 10 + Math.max(0, ...pools.map(({ drainSeconds }) => drainSeconds));
}
