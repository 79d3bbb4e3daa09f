import { type Engine, Failure } from "../engine/client";
import { type MemberLine, parseMember } from "../nginx/members";
import { findBalancers } from "./balancer";
import { fleetOf } from "./fleet-of";
import { findServing } from "./balancers";
import type { Live } from "./live";
import { askDirectly, findSilent, probe, type ProbePlace } from "./probe";
import { explainSilence } from "./silence";
import type { Gate, PushedUpstream, PushTask } from "./tasks";

/**
 * Asks the replicas that are new, backups too, before any request can come to them; gives warnings. Of balancers that are apart
 * each asks: one may reach what another does not.
 */
export async function askNew(
  engine: Engine,
  task: PushTask,
  balancers: string[],
  live: Live,
): Promise<string[]> {
  const places = (await findPlaces(engine, task, balancers)).slice(0, balancers.length);
  const warnings = await Promise.all(
    places.map(async (place) => {
      const ofPlace: string[] = [];
      for (const upstream of task.upstreams)
        ofPlace.push(...(await askDirectly(engine, place, upstream, findAdded(upstream, live))));
      return ofPlace;
    }),
  );
  return [...new Set(warnings.flat())];
}

/** The replicas that the balancer does not have yet. */
export function findAdded(upstream: PushedUpstream, live: Live): Gate[] {
  const known = findMembers(live, upstream).map(({ text }) => text);
  return upstream.gates.filter((_, index) => !known.includes(upstream.lines[index] ?? ""));
}

export async function probeAll(
  engine: Engine,
  task: PushTask,
  balancers: string[],
  live: Live,
): Promise<void> {
  const places = await findPlaces(engine, task, balancers);
  for (const upstream of task.upstreams) {
    const { lines, gates, port } = upstream;
    const expected = gates
      // Nginx asks a backup nothing while the others work, no probe either.
      .filter((_, index) => parseMember(lines[index] ?? "")?.backup !== true)
      .map((gate) => ({
        ...gate,
        // One that was in use before may be out now; that is no fault of what is pushed.
        mayBeOut: findMembers(live, upstream).some(
          (member) => member.name === gate.replica && member.port === port,
        ),
      }));
    await Promise.all(places.map((place) => probe(engine, place, upstream, expected)));
  }
}

export function findMembers(live: Live, { name }: PushedUpstream): MemberLine[] {
  return live.members.get(name) ?? [];
}

/** Asked for anew each time: one that was started again meanwhile may have another address. */
async function findPlaces(engine: Engine, task: PushTask, own: string[]): Promise<ProbePlace[]> {
  const replicas = task.upstreams.flatMap(({ gates }) => gates.map(({ replica }) => replica));
  const addresses = await fleetOf(engine).findAddresses(task.network, replicas);
  const balancers =
    task.sharing === undefined ? own : await findServing(engine, await findBalancers(engine, task));
  return balancers.map((each) => ({ balancer: each, addresses }));
}

/** Ends the update red where a pool has nobody who can answer, whosever fault it is. */
export async function proveAnswers(engine: Engine, task: PushTask, balancer: string): Promise<void> {
  const silent = await findSilent(engine, balancer);
  if (silent.length === 0) return;
  const reasons = await Promise.all(
    task.upstreams
      .filter(({ name }) => silent.includes(name))
      .flatMap((upstream) =>
        upstream.gates.map(
          async ({ replica, title }) => `  ${title} ${await explainSilence(engine, replica, upstream, "")}`,
        ),
      ),
  );
  throw new Failure(
    [
      `The settings are in force, but nobody can answer for ${silent.join(", ")}: requests get 502 or 503.`,
      ...reasons,
    ].join("\n"),
  );
}
