import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { docker, findRunning, until } from "../../support/engine";
import { record } from "../../support/rows";
import type { PoolSettings } from "../../support/settings";
import type { Workspace } from "../../support/workspace";
import { askFrom } from "../../datastore/support/writers";

const sources = ["redis", "kafka"] as const;
type Source = (typeof sources)[number];

/** Files of the workers, and the packages of an example. */
export function copyWorkers(workspace: Workspace): void {
  const folder = join(workspace.folder, "workers");
  const shop = resolve(__dirname, "../../../../examples/shop/app");
  mkdirSync(folder);
  for (const file of ["Dockerfile", "package.json", "package-lock.json"])
    cpSync(join(shop, file), join(folder, file));
  for (const file of ["effects.js", "redis-worker.js", "kafka.js", "kafka-worker.js", "produce.js"])
    cpSync(join(__dirname, file), join(folder, file));
}

/** A pool of workers that reads messages of a source. */
export function workerPool(source: Source, settings: PoolSettings = {}): PoolSettings {
  const { env, ...rest } = settings;
  return {
    build: { context: "workers" },
    command: ["node", `${source}-worker.js`],
    stores: { REDIS_URL: "cache", ...(source === "kafka" ? { KAFKA_URL: "log" } : {}) },
    env: { VERSION: "1", ...env },
    stopSeconds: 20,
    ...rest,
  };
}

/** How often messages were done. */
export interface Count {
  acknowledged: number;
  lost: number;
  /** Messages that were done more than once. */
  twice: number;
  seconds: number;
}

/** How often messages may be lost or done twice. */
interface Allowed {
  lost?: number;
  /** Whether the number of those that were done twice is allowed; why stands in the table. */
  mayRepeat?: (twice: number, source: Source) => boolean;
  because?: string;
}

/** Most messages that Kafka's consumers may do twice in an operation, because of what they are for each other. */
const mostAtRebalances = 6;

/**
 * Whether messages were done as often as an operation may bring about in which nobody dies. Whenever a consumer comes or goes, Kafka
 * gives all partitions anew, and the client in use does not wait with that for the message that another consumer has in hand.
 */
export function isWhole(twice: number, source: Source): boolean {
  return twice <= (source === "kafka" ? mostAtRebalances : 0);
}

let runs = 0;

/** Does something while messages are sent all the time, waits until all are done, and counts how often each was. */
export async function whileSending(
  workspace: Workspace,
  operation: string,
  operate: () => Promise<unknown>,
  { lost: mostLost = 0, mayRepeat = isWhole, because }: Allowed = {},
): Promise<Record<Source, Count>> {
  const run = `${process.pid}-${(runs += 1)}`;
  const producer = await startProducer(workspace, run);
  const startedAt = performance.now();
  let seconds = 0;
  try {
    await producer.waitFor(30);
    await operate();
    await producer.waitFor(30);
    seconds = (performance.now() - startedAt) / 1000;
  } finally {
    await producer.stop();
  }
  const counts = {} as Record<Source, Count>;
  for (const source of sources) {
    const { acknowledged } = producer;
    const sent = acknowledged[source];
    let effects = new Map<string, number>();
    await until(
      "all messages are done",
      async () => {
        effects = await readEffects(workspace, source, run);
        return [...sent].every((id) => effects.has(id));
      },
      90,
    ).catch(() => undefined);
    if (source === "redis") {
      await until("what dead workers had in hand is given back", () => isGivenBack(workspace), 90);
      effects = await readEffects(workspace, source, run);
    }
    const lost = [...sent].filter((id) => !effects.has(id)).length;
    const twice = [...effects.values()].filter((times) => times > 1).length;
    counts[source] = { acknowledged: sent.size, lost, twice, seconds };
    record({
      operation: `${operation} (messages of ${source}, lost)`,
      requests: sent.size,
      failed: lost,
      seconds,
      note: `${twice} done twice`,
      ...(because === undefined ? {} : { exception: because }),
      held: lost <= mostLost && mayRepeat(twice, source),
    });
  }
  return counts;
}

/** How often each version has worked on messages of a source. */
export async function readVersions(workspace: Workspace, source: Source): Promise<Map<string, number>> {
  return readHash(workspace, `versions:${source}`);
}

async function readEffects(workspace: Workspace, source: Source, run: string): Promise<Map<string, number>> {
  const all = await readHash(workspace, `effects:${source}`);
  return new Map([...all].filter(([id]) => id.startsWith(`${run}-`)));
}

/** Whether Redis knows of no worker but those that run, and nothing waits to be done again. */
async function isGivenBack(workspace: Workspace): Promise<boolean> {
  const running = await findRunning(workspace.label, "flotilla.pool=redis");
  const known = await askRedis(workspace, "SCARD workers");
  return Number(known) <= running.length && (await askRedis(workspace, "LLEN queue")) === "0";
}

async function askRedis(workspace: Workspace, question: string): Promise<string> {
  const { cache } = (await workspace.outputs()).stores ?? {};
  if (cache === undefined) throw new Error("The program exports no Redis.");
  const command = `redis-cli --no-auth-warning -u "$URL" ${question}`;
  return (await askFrom(cache.network, "redis:8.2", cache.url, command)).text.trim();
}

async function readHash(workspace: Workspace, key: string): Promise<Map<string, number>> {
  const lines = (await askRedis(workspace, `HGETALL ${key}`)).split("\n");
  return new Map(
    lines.flatMap((line, index) =>
      index % 2 === 0 && line !== "" ? [[line, Number(lines[index + 1])]] : [],
    ),
  );
}

interface Producer {
  acknowledged: Record<Source, Set<string>>;
  /** Waits until so many more messages of each source are acknowledged. */
  waitFor: (count: number) => Promise<unknown>;
  stop: () => Promise<void>;
}

/** Starts a container that sends messages to both stores. */
async function startProducer(workspace: Workspace, run: string): Promise<Producer> {
  const { cache, log } = (await workspace.outputs()).stores ?? {};
  if (cache === undefined || log === undefined) throw new Error("The program exports no stores.");
  const [worker = ""] = await findRunning(workspace.label, "flotilla.pool=kafka");
  const image = await docker("inspect", "--format={{.Image}}", worker);
  const name = `flotilla-producer-${run}`;
  const create = [
    ...["create", "--init", `--name=${name}`, `--network=${cache.network}`],
    ...["--env=REDIS_URL", "--env=KAFKA_URL", `--env=RUN=${run}`, image, "node", "produce.js"],
  ];
  await ended(spawn("docker", create, { env: { ...process.env, REDIS_URL: cache.url, KAFKA_URL: log.url } }));
  await docker("network", "connect", log.network, name);
  const child = spawn("docker", ["start", "--attach", name], { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged = { redis: new Set<string>(), kafka: new Set<string>() };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [source, id = ""] = line.split(" ");
      if (source === "redis" || source === "kafka") acknowledged[source].add(id);
    }
  });
  const closed = ended(child);
  return {
    acknowledged,
    waitFor: (count) => {
      const goals = sources.map((source) => [source, acknowledged[source].size + count] as const);
      return until(
        "messages are acknowledged",
        () => goals.every(([source, goal]) => acknowledged[source].size >= goal),
        90,
      );
    },
    stop: async () => {
      await docker("stop", "--time=30", name);
      await closed;
      await docker("rm", "--force", name);
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", () => {
      resolve();
    });
  });
}
