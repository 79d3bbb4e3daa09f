import fs from "fs";
import { beginHealth, isUrgent, judge, type Answer, type Health } from "./health";
import { ownPlace } from "../own-place";
import { places } from "../places";
import { readReplicas, type Replica } from "./replicas";
import type { WatchedUpstream, WatchSettings } from "./settings";

/** Asks every replica of an upstream; the answers may take as long as the upstream's settings say. */
export async function askAll(settings: WatchSettings, { name, health }: WatchedUpstream): Promise<void> {
  if (health === undefined) return;
  const replicas = readReplicas().filter(({ upstream }) => upstream === name);
  await Promise.all(replicas.map((replica) => ask(replica, health, true)));
  writeMarks(settings);
  forgetGone();
}

/**
 * Asks the replicas that cannot wait for their turn. Only a moment is there for it, so silence says nothing.
 * @param suspects names of replicas that failed a request just now
 */
export async function askUrgent(settings: WatchSettings, suspects: Set<string>): Promise<void> {
  const now = Date.now();
  const asked = readReplicas().flatMap((replica) => {
    const health = settings.upstreams.find(({ name }) => name === replica.upstream)?.health;
    if (health === undefined) return [];
    const { address, name } = replica;
    const isDue =
      suspects.has(name) ||
      isUrgent(readHealth(replica), { address, now, intervalSeconds: health.intervalSeconds });
    return isDue ? [ask(replica, health, false)] : [];
  });
  await Promise.all(asked);
  writeMarks(settings);
}

async function ask(
  replica: Replica,
  { path, strikes }: NonNullable<WatchedUpstream["health"]>,
  silenceCounts: boolean,
): Promise<void> {
  const { address, name } = replica;
  // A name that was never resolved says nothing about the replica.
  if (address === "") return;
  const answer = await fetchAnswer(address, path);
  const health = readHealth(replica);
  const now = Date.now();
  const judged =
    answer.kind === "silent" && !silenceCounts
      ? { ...health, asked: now }
      : judge(health, answer, { strikes, address, now });
  ngx.shared.flotilla_watch.set(`health ${name}`, JSON.stringify(judged));
}

async function fetchAnswer(address: string, path: string): Promise<Answer> {
  // The host that the engine's own health check names; an application may refuse others.
  const host = address.replace(/^.*:/, "127.0.0.1:");
  try {
    const { status } = await ngx.fetch(`http://${address}${path}`, { headers: { Host: host } });
    return { kind: "status", status };
  } catch (error) {
    return { kind: String(error).includes("connect failed") ? "refused" : "silent" };
  }
}

/** Reads a replica's health; what was out before Nginx started is out still. */
export function readHealth({ name, address }: Replica): Health {
  const text = ngx.shared.flotilla_watch.get(`health ${name}`);
  return text === undefined
    ? beginHealth(Date.now(), readMarks().includes(name), address)
    : (JSON.parse(text) as Health);
}

/** Forgets replicas that are in the configuration no more: each update brings others. */
function forgetGone(): void {
  const known = new Set(readReplicas().map(({ name }) => `health ${name}`));
  for (const key of ngx.shared.flotilla_watch.keys(10_000))
    if (key.startsWith("health ") && !known.has(key)) ngx.shared.flotilla_watch.delete(key);
}

function readMarks(): string[] {
  try {
    return fs.readFileSync(places.out, "utf8").trim().split(" ");
  } catch {
    return [];
  }
}

/** Writes down which replicas are out; what runs beside Nginx tells it. Of several that share a network one does. */
function writeMarks({ sharesFront, upstreams }: WatchSettings): void {
  if (sharesFront && !fs.existsSync(ownPlace.leads)) return;
  const asked = new Set(upstreams.filter(({ health }) => health !== undefined).map(({ name }) => name));
  const marks = readReplicas()
    .filter((replica) => asked.has(replica.upstream) && readHealth(replica).state === "out")
    .map(({ name }) => name);
  const wanted = [...new Set(marks)].sort();
  if (readMarks().join(" ") === wanted.join(" ")) return;
  const next = `${places.out}.${ngx.worker_id}`;
  fs.writeFileSync(next, `${wanted.join(" ")}\n`);
  fs.renameSync(next, places.out);
}
