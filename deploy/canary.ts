import { type Engine, Failure } from "../engine/client";
import { readLog } from "../engine/containers";
import { type MemberLine, nameMember, parseMember } from "../nginx/members";
import { places } from "../nginx/places";
import { renderFile } from "./balancer";
import { readCounts, type Counts } from "./canary-counts";
import { judgeStep } from "./canary-judge";
import { shareOut } from "./canary-lines";
import { type Canary, isWithoutCanary } from "./canary-settings";
import type { Live } from "./live";
import { readStates } from "./looks";
import { say, sleep } from "./process";
import { tellCanary } from "./progress";
import type { Gate, PushedUpstream, PushTask } from "./tasks";

/** A pool whose new replicas are let in step by step. */
export interface Tried {
  upstream: PushedUpstream;
  canary: Canary;
  coming: MemberLine[];
  leaving: MemberLine[];
  /** The new replicas. */
  gates: Gate[];
}

/**
 * Finds the pools whose replicas are all replaced: where some stay, others are only more, fewer, or in the place of one that is
 * gone, and all are of one version. Where none of the old ones runs, nothing is to be compared, and nobody is spared.
 */
export async function findTried(engine: Engine, task: PushTask, live: Live): Promise<Tried[]> {
  if (isWithoutCanary()) return [];
  const found = task.upstreams.flatMap((upstream): Tried[] => {
    const canary = task.canaries?.[upstream.name];
    const leaving = live.members.get(upstream.name) ?? [];
    const coming = upstream.lines.flatMap((line) => parseMember(line) ?? []);
    const stays = leaving.some(({ name }) => coming.some((each) => each.name === name));
    if (canary === undefined || stays) return [];
    return [{ upstream, canary, coming, leaving, gates: upstream.gates }];
  });
  const names = found.flatMap(({ leaving }) => leaving.map(({ name }) => name));
  const states = await readStates(engine, names);
  const runs = ({ name, backup }: MemberLine): boolean => !backup && states.get(name)?.status === "running";
  return found.filter(({ leaving, coming }) => leaving.some(runs) && coming.some(({ backup }) => !backup));
}

/** An update that has canaries. */
export interface Trial {
  engine: Engine;
  /** Balancers that share the requests of these pools. */
  balancers: string[];
  task: PushTask;
  live: Live;
  tried: Tried[];
  /** Gives the balancers the lines of all pools and further edits, and waits until the replicas of some pools have answered. */
  letIn: (upstreams: PushedUpstream[], asked: PushedUpstream[], edits: string) => Promise<void>;
}

/** Gives the new replicas their shares, one after the other; throws as soon as they do not answer as they should. Tells how each was passed. */
export async function takeSteps(trial: Trial): Promise<string[]> {
  const { task, tried, live } = trial;
  const count = Math.max(0, ...tried.map(({ canary }) => canary.steps.length));
  const passed: string[] = [];
  // A new pool has no others: routes may lead to it already.
  const others = task.upstreams.filter(({ name }) => !tried.some(({ upstream }) => upstream.name === name));
  const [fresh, known] = [
    others.filter(({ name }) => !live.members.has(name)),
    others.filter(({ name }) => live.members.has(name)),
  ];
  for (let index = 0; index < count; index += 1) {
    const id = `${Date.now()}-${index}`;
    const shared = tried.map((each) => ({
      ...each.upstream,
      lines: shareOut(each.leaving, each.coming, percentOf(each, index)),
      // A small share comes late to each of them.
      failSeconds: each.upstream.failSeconds + Math.ceil(countTurns(each, index) * turnSeconds),
    }));
    const asked = shared.map((upstream, at) => ({ ...upstream, lines: tried[at]?.upstream.lines ?? [] }));
    const staying = known.map((upstream) => ({
      ...upstream,
      lines: (live.members.get(upstream.name) ?? []).map(({ text }) => text),
    }));
    await trial.letIn(
      [...shared, ...staying, ...fresh],
      [...asked, ...fresh],
      renderFile(`next/${canaryFile}`, renderStep(id, tried)),
    );
    passed.push(...(await watchStep(trial, id, index)));
  }
  return passed;
}

/** Seconds that one question through the balancer takes. */
const turnSeconds = 0.2;

/** Name of the file within a configuration. */
const canaryFile = places.canary.slice(places.live.length + 1);

function percentOf({ canary: { steps } }: Tried, index: number): number {
  return steps[Math.min(index, steps.length - 1)] ?? 0;
}

/** Number of requests of which each new replica has one. */
function countTurns(each: Tried, index: number): number {
  return Math.ceil((each.coming.length * 100) / percentOf(each, index));
}

/** As the watch reads it. */
function renderStep(id: string, tried: Tried[]): string {
  const replicas = tried.flatMap(({ upstream: { name: pool }, coming }) =>
    coming.map(({ name, port }) => `${pool} ${nameMember(name, port)}`),
  );
  return [id, ...replicas].map((line) => `${line}\n`).join("");
}

/** Milliseconds after which an answer has been counted: Nginx writes its log, and the watch reads it, once a second each. */
const countedAfterMs = 2500;
const pauseMs = 1000;
/** Looks in a row that may fail: an engine may be busy, and the balancer undoes by itself what nobody looks at any more. */
const mostMisses = 5;

async function watchStep(trial: Trial, id: string, index: number): Promise<string[]> {
  const started = Date.now();
  const open = new Set(trial.tried.filter(({ canary }) => index < canary.steps.length));
  for (const each of open) say(tellCanary(each.upstream.name, `${percentOf(each, index)} %`));
  const passed: string[] = [];
  let misses = 0;
  while (open.size > 0) {
    await sleep(pauseMs);
    let counts: Counts;
    try {
      counts = await readCounts(trial.engine, trial.balancers, id);
      misses = 0;
    } catch (error) {
      misses += 1;
      if (misses >= mostMisses) throw error;
      continue;
    }
    if (counts.isUndone)
      throw new Failure(
        "The balancer has put back what was live before, because it was told nothing for too long.",
      );
    const seconds = Math.max(0, (Date.now() - started - countedAfterMs) / 1000);
    for (const each of trial.tried) {
      const pool = each.upstream.name;
      const percent = percentOf(each, index);
      await findOut(trial.engine, each, counts);
      const compared = counts.pools[pool];
      if (compared === undefined) continue;
      const verdict = judgeStep({ ...compared, percent, seconds }, each.canary);
      if (verdict.is === "bad")
        throw await describeFault(trial.engine, each, counts, {
          head: `The canary of ${pool} is undone after ${Math.ceil((Date.now() - started) / 1000)} s of its step of ${percent} %: ${verdict.fault.text}.`,
          remedy: `Put the new version right, or set pools.${pool}.${verdict.fault.remedy} higher.`,
        });
      if (verdict.is === "passed" && open.delete(each)) {
        passed.push(tellCanary(pool, `${percent} % passed, ${verdict.because}`));
        say(passed.at(-1) ?? "");
      }
    }
  }
  return passed;
}

/** Ends the canary where a new replica is out: its share would only show that others are well. */
async function findOut(engine: Engine, tried: Tried, counts: Counts): Promise<void> {
  const out = tried.gates.find(({ replica }) => counts.out.includes(replica));
  if (out === undefined) return;
  throw await describeFault(engine, { ...tried, gates: [out] }, counts, {
    head: `The canary of ${tried.upstream.name} is undone: ${out.title} fails its health check since requests come to it.`,
    remedy: "Put the new version right.",
  });
}

/** The failure, with what the replica that failed most has logged. */
async function describeFault(
  engine: Engine,
  { upstream, gates }: Tried,
  { replicas }: Counts,
  { head, remedy }: { head: string; remedy: string },
): Promise<Failure> {
  const counted = gates.map((gate) => ({
    gate,
    ...(replicas[nameMember(gate.replica, upstream.port)] ?? { requests: 0, failed: 0 }),
  }));
  const worst = counted.reduce(
    (one, other) => (other.failed > one.failed ? other : one),
    counted[0] ?? noReplica,
  );
  const { replica, title } = worst.gate;
  const lines = await readLog(engine, replica, 15);
  return new Failure(
    [
      head,
      remedy,
      counted
        .map(({ gate, requests, failed }) => `  ${gate.title}: ${failed} of ${requests} failed`)
        .join("\n"),
      lines === ""
        ? `${title} (container ${replica}) has logged nothing.`
        : `The last log lines of ${title} (container ${replica}):\n${lines.replaceAll(/^/gm, "  ")}`,
    ].join("\n"),
  );
}

const noReplica = { gate: { replica: "", title: "", startSeconds: 0 }, requests: 0, failed: 0 };
