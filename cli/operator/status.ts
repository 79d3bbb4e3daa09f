import type { Engine } from "../../engine/client";
import type { Lock } from "../../engine/lock";
import { nameImages, type Part } from "../../engine/parts";
import { readAlerts, type FiringAlert } from "./alerts";
import { type BackupState, readBackups } from "./backups";
import { type BalancerLook, lookIntoBalancers, measurePools, measureReplicas, type Traffic } from "./figures";
import { findProblems } from "./problems";
import { type PartStatus, type PoolStatus, serves, type Status } from "./report";
import type { Told } from "./told";
import { readUsage, type Usage } from "./usage";

/** The load of a stack. */
export interface Load {
  stack: string;
  engine: string | undefined;
  parts: Part[];
  images: Map<string, string>;
  usage: Map<string, Usage>;
  before: BalancerLook[];
  now: BalancerLook[];
}

/** All that is found out of a stack. */
export interface Findings extends Load {
  backups: BackupState[];
  alerts: FiringAlert[];
  told?: Told;
  lock?: Lock | undefined;
}

/** Finds out what the parts of a stack use and do; where there was a look before, traffic is what came since. */
export async function findLoad(engine: Engine, stack: string, parts: Part[], last?: Load): Promise<Load> {
  const before = last?.now ?? (await lookIntoBalancers(engine, parts));
  const [usage, images] = await Promise.all([
    readUsage(engine, parts),
    nameImages(
      engine,
      parts.map(({ image }) => image),
    ),
  ]);
  const now = await lookIntoBalancers(engine, parts);
  return { stack, engine: engine.host, parts, images, usage, before, now };
}

/** Finds out how a stack is; where there was a look before, backups are as they were. */
export async function findStatus(
  engine: Engine,
  stack: string,
  parts: Part[],
  last?: Findings,
): Promise<Findings> {
  const [load, backups, alerts] = await Promise.all([
    findLoad(engine, stack, parts, last),
    last?.backups ?? readBackups(engine, parts),
    readAlerts(engine, parts),
  ]);
  return { ...load, backups, alerts };
}

/** Puts together what was found out. */
export function summarize(found: Findings, at: number): Status {
  const pools = measurePools(found.before, found.now);
  const replicas = measureReplicas(found.before, found.now);
  const parts = found.parts.map((part) => describePart(found, part, replicas));
  const disks = found.now.flatMap(({ disk }) => disk ?? []);
  const status: Omit<Status, "ok" | "problems"> = {
    stack: found.stack,
    engine: found.engine ?? null,
    at: new Date(at).toISOString(),
    pools: listPools(parts, pools),
    parts,
    backups: found.backups,
    certificates: found.now.flatMap(({ service, figures }) =>
      (figures?.certificates ?? []).map(({ file, expires }) => ({
        ...{ service, file },
        expires: new Date(expires * 1000).toISOString(),
      })),
    ),
    alerts: found.alerts,
    disk: disks[0] ?? null,
    told: found.told ?? { images: {}, maintenance: [], replicas: {} },
    held: listHeld(found.now, at),
    lock: found.lock ?? null,
  };
  const problems = findProblems(status, at);
  return { ...status, ok: problems.length === 0, problems: problems.map(({ text }) => text) };
}

/** The pools that are held, each once where several balancers hold it. */
function listHeld(looks: BalancerLook[], at: number): Status["held"] {
  const all = looks.flatMap(({ held }) => held).filter(({ until }) => until * 1000 > at);
  return [...new Map(all.map(({ pool, until }) => [pool, until]))].map(([pool, until]) => ({
    pool,
    until: new Date(until * 1000).toISOString(),
  }));
}

function describePart(found: Findings, part: Part, replicas: Map<string, Traffic>): PartStatus {
  const { title, name, service, role, pool, store, image, restarts, outOfMemory, memoryLimit } = part;
  const known = found.now
    .flatMap(({ figures }) => figures?.replicas ?? [])
    .find(({ container }) => container === name);
  const isRunning = part.state === "running";
  const usage = found.usage.get(part.id);
  const traffic = replicas.get(name);
  const ofPool = found.parts.filter((each) => each.pool === pool && each.service === service);
  const total = ofPool.reduce((sum, each) => sum + (amount(replicas.get(each.name)) ?? 0), 0);
  const own = amount(traffic);
  return {
    ...{ title, container: name, service, role, pool, store },
    state: isRunning && known?.state === "out" ? "out" : describeState(part),
    since: new Date(isRunning ? part.startedAt : part.endedAt || part.createdAt).toISOString(),
    image: found.images.get(image) ?? image,
    ...{ restarts, outOfMemory },
    cpuPercent: usage?.cpuPercent ?? null,
    memoryBytes: usage?.memoryBytes ?? null,
    memoryLimit: memoryLimit === 0 ? null : memoryLimit,
    requestsPerSecond: traffic?.perSecond ?? null,
    errors: traffic?.failed ?? null,
    p95Ms: known?.p95Ms ?? null,
    sharePercent: own === undefined || total === 0 ? null : (own / total) * 100,
  };
}

/** Its traffic of the last seconds; since its start where that is not known. */
function amount(traffic: Traffic | undefined): number | undefined {
  return traffic?.perSecond ?? traffic?.requests;
}

function describeState({ state, health, exitCode }: Part): string {
  if (state === "running") return health ?? state;
  return state === "exited" ? `exited ${exitCode}` : state;
}

function listPools(parts: PartStatus[], traffic: Map<string, Traffic>): PoolStatus[] {
  const keys = parts.flatMap(({ service, pool }) => (pool === "" ? [] : [`${service}/${pool}`]));
  return [...new Set(keys)].map((key) => {
    const [service = "", pool = ""] = key.split("/");
    const own = parts.filter((part) => part.service === service && part.pool === pool);
    const counted = traffic.get(key);
    return {
      ...{ service, pool, well: own.filter(serves).length, replicas: own.length },
      requests: counted?.requests ?? null,
      failed: counted?.failed ?? null,
      requestsPerSecond: counted?.perSecond ?? null,
    };
  });
}
