import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "./process";
import { type Engine, Failure } from "../engine/client";
import type { ReplicaState } from "./fleet";
import { fleetOf } from "./fleet-of";
import { type Look, readStates, shareLooks } from "./looks";
import { tellOf } from "./progress";
import type { Gate, PushTask } from "./tasks";

/** Says of a container that failed, by what it said itself, what it may lack. */
export type Explain = (engine: Engine, gate: Gate, said: string) => Promise<string[]>;

/** How a gate is passed. */
export interface Passing {
  /** Looks at containers; those of gates that are passed together can share calls. */
  look?: Look;
  /** Whether the replica has requests, or has had them: it is left running then. Defaults to that. */
  serves?: () => boolean;
  explain?: Explain;
}

/** Seconds that one that was ill before the update gets to become well again. */
const recoverySeconds = 10;

/**
 * Starts a replica that was stopped, and waits until it is healthy; fails at once when it cannot become so, with its last log lines. One that fails and
 * serves nobody is stopped: restarted again and again, it would take the processors from those that serve.
 */
export async function passGate(
  engine: Engine,
  gate: Gate,
  { look = shareLooks(engine), serves = () => true, explain }: Passing = {},
): Promise<string> {
  if ((await look(gate.replica)).status === "exited") await fleetOf(engine).start(gate.replica);
  if (gate.without?.includes("gate")) return "gate is switched off";
  const started = Date.now();
  const deadline = started + Math.max(gate.startSeconds, gate.worker?.settleSeconds ?? 0) * 1000;
  let first: ReplicaState | undefined;
  for (let pause = shortestPauseMs; ; pause = Math.min(pause * 1.2, longestPauseMs)) {
    const seen = await look(gate.replica);
    first ??= seen;
    const mayRecover = first.health === "unhealthy" && Date.now() < started + recoverySeconds * 1000;
    // It is asked itself then: the engine asks rarely, and may not have heard yet that it is well again.
    const state = mayRecover ? { ...seen, health: "starting" } : seen;
    if (state.health === "none" && gate.worker !== undefined) {
      if (state.status === "running" && Date.now() >= started + gate.worker.settleSeconds * 1000)
        return `${gate.title} has run for ${secondsSince(started)} s`;
    } else if (await isHealthy(engine, gate, state, look))
      return tellOf(gate.title, "healthy", ` after ${secondsSince(started)} s`);
    const verdict =
      judge(await seeEnd(look, gate.replica, state, first), first) ??
      (Date.now() > deadline ? stillStarting(gate, state) : undefined);
    if (verdict !== undefined) {
      const report = await describeFailure(engine, gate, `${verdict}. ${describeRest(gate)}`, explain);
      const seconds = gate.worker?.stopSeconds ?? 1;
      if (!serves()) await fleetOf(engine).stop(gate.replica, seconds);
      throw new Failure(report);
    }
    // What is said at the deadline must not depend on the pause.
    await sleep(Math.min(pause, Math.max(0, deadline - Date.now()) + 10));
  }
}

/** Where the gate is switched off, nobody minds what a replica answers. */
export function withoutGate(task: PushTask): PushTask {
  if (!task.without.includes("gate")) return task;
  const upstreams = task.upstreams.map((upstream) => ({
    ...upstream,
    probe: { ...upstream.probe, takesAnyAnswer: true },
  }));
  return { ...task, upstreams };
}

/** Milliseconds between two looks: the longer it takes, the less a moment matters, and each look costs. */
const [shortestPauseMs, longestPauseMs] = [200, 1500];

/** Remembers how replicas are before requests come to them; the look that it gives fails when one has ended since. */
export async function watchForEnds(engine: Engine, gates: Gate[]): Promise<() => Promise<void>> {
  const containers = gates.map(({ replica }) => replica);
  const before = await readStates(engine, containers);
  return async () => {
    const states = await readStates(engine, containers);
    for (const gate of gates) {
      const [first, now] = [before.get(gate.replica), states.get(gate.replica)];
      if (first === undefined) continue;
      const verdict =
        now === undefined
          ? "is gone"
          : judge(now.health === "unhealthy" ? { ...now, health: "starting" } : now, first);
      if (verdict !== undefined)
        throw new Failure(await describeFailure(engine, gate, `${verdict} since requests come to it`));
    }
  };
}

async function isHealthy(engine: Engine, gate: Gate, state: ReplicaState, look: Look): Promise<boolean> {
  if (state.status !== "running" || state.health === "unhealthy") return false;
  if (state.health === "healthy") return true;
  // The engine asks only once per interval, also the first time; asking the same question sooner saves that wait.
  const asked = await fleetOf(engine).ask(gate.replica);
  if (asked?.code !== 0) return false;
  const after = await look(gate.replica);
  return after.status === "running" && after.restarts === state.restarts;
}

/** Between two ends a replica runs for a moment, in which the engine does not say with what code it ended. */
async function seeEnd(
  look: Look,
  replica: string,
  seen: ReplicaState,
  first: ReplicaState,
): Promise<ReplicaState> {
  let state = seen;
  for (let looks = 0; looks < 30 && state.status === "running" && state.restarts > first.restarts; looks++) {
    await sleep(100);
    state = await look(replica);
  }
  return state;
}

/** Why a replica will not become healthy, or undefined while it may. */
export function judge(state: ReplicaState, first: ReplicaState): string | undefined {
  if (state.reason !== undefined) return `cannot be started: ${state.reason}`;
  if (state.outOfMemory) return "ran out of memory";
  if (state.status === "exited" || state.status === "dead") return `exited with code ${state.exitCode}`;
  if (state.status === "restarting")
    return `exited with code ${state.exitCode} and is restarted again and again`;
  if (state.restarts > first.restarts) return "ends and is restarted again and again";
  if (state.health === "unhealthy") return "is unhealthy";
  return undefined;
}

/** Says who goes on in spite of the one that failed. */
export function describeRest({ worker }: Gate): string {
  return worker === undefined ? "Traffic stays where it was" : "Workers of before go on";
}

function stillStarting(gate: Gate, { waits }: ReplicaState): string {
  return `is still not healthy after ${gate.startSeconds} s${waits === undefined ? "" : `: ${waits}`}`;
}

async function describeFailure(
  engine: Engine,
  gate: Gate,
  verdict: string,
  explain?: Explain,
): Promise<string> {
  if (!claimReport(gate))
    return `The replica ${gate.title} ${verdict.replace(/\..*/, "")} too. See its log with: ${fleetOf(engine).adviseOnLog(gate.replica)}`;
  const fleet = fleetOf(engine);
  const lines = await fleet.readLog(gate.replica, 15);
  const check = verdict.includes("healthy") ? await fleet.ask(gate.replica) : undefined;
  return [
    `The replica ${gate.title} (container ${gate.replica}) ${verdict}.`,
    ...(check === undefined
      ? []
      : [`Its health check says: ${(check.stderr || check.stdout).trim() || "nothing"}`]),
    lines === "" ? "It has logged nothing." : `Its last log lines:\n${lines.replaceAll(/^/gm, "  ")}`,
    ...(gate.worker !== undefined && verdict.startsWith("exited")
      ? ["A worker's program has to run until it gets SIGTERM. Mend it, or set the pool's command."]
      : []),
    ...((await explain?.(engine, gate, `${lines}\n${check?.stderr ?? ""}\n${check?.stdout ?? ""}`)) ?? []),
  ].join("\n");
}

/** A replica of which no more is said than that it failed as another one did. */
const follower = /^The replica (\S+) .* too\. See its log with: docker (?:service )?logs \S+$/;

/** Puts together what is said of several that failed: those that failed as another one did are named with it. */
export function joinReports(reports: string[]): string[] {
  const followers = reports.flatMap((report) => follower.exec(report)?.[1] ?? []);
  const [first, ...rest] = reports.filter((report) => !follower.test(report));
  if (first === undefined) return reports;
  return [followers.length === 0 ? first : `${first}\nThe same with ${followers.join(", ")}.`, ...rest];
}

const reportPrefix = "flotilla-report-";

/**
 * Whether this gate is the first of its pool and update to fail. The others would say the same again: one replica's log
 * is enough. The gates of one update are processes of one parent.
 */
function claimReport({ title }: Gate): boolean {
  removeOldReports();
  try {
    mkdirSync(join(tmpdir(), `${reportPrefix}${process.ppid}-${title.replace(/-\d+$/, "")}`));
    return true;
  } catch {
    return false;
  }
}

/** A parent's number comes again some day. */
function removeOldReports(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(reportPrefix))) {
    const folder = join(tmpdir(), name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > 600_000) rmSync(folder, { recursive: true, force: true });
  }
}

function secondsSince(started: number): string {
  return ((Date.now() - started) / 1000).toFixed(1);
}
