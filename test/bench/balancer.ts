import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { LoadBalancedServiceArgs } from "../../components/types";
import { type RunningBalancer, startBalancer } from "../engine/balancer/support/balancer";
import { createClient } from "../engine/balancer/support/client";
import { docker } from "../engine/support/engine";
import { findFreePort } from "../engine/support/ports";
import { type Contestant, concludeRatios, readCount, readCpuSeconds, send } from "./support/measure";

const goal = 1.05;

function toArgs(isWatched: boolean): LoadBalancedServiceArgs {
  const balancing = { activeHealth: { enabled: isWatched } };
  const api = { image: "node:24-slim", port: 3001, replicas: 3, balancing };
  return {
    pools: { api },
    balancer: {
      rate: { perSecond: 100_000, burst: 200 },
      connectionsPerAddress: 1000,
      status: { metrics: isWatched },
    },
  };
}

/** A balancer by hand before the same replicas. */
async function startHandWritten({ network, replicas }: RunningBalancer): Promise<Contestant> {
  const port = await findFreePort();
  const container = `${network}-hand-written`;
  const members = replicas.map((replica) => `server ${replica.container}:3001 max_fails=3 fail_timeout=10s;`);
  const start = [
    'printf %s "$CONF" > /etc/nginx/nginx.conf',
    'printf %s "$MEMBERS" > /etc/nginx/replicas.conf',
    "exec nginx -g 'daemon off;'",
  ];
  await docker(
    ...["run", "--detach", `--name=${container}`, `--network=${network}`, "--entrypoint=sh"],
    ...[`--publish=127.0.0.1:${port}:80`, `--env=MEMBERS=${members.join("\n")}`],
    `--env=CONF=${readFileSync(join(__dirname, "hand-written.conf"), "utf8")}`,
    ...["nginx:1.30.4", "-c", start.join("; ")],
  );
  return { container, client: createClient(port) };
}

const slices = 10;

const idleSeconds = 10;

/** CPU seconds that each uses in a second without requests. */
async function measureIdle(pair: Contestant[]): Promise<number[]> {
  const before = await Promise.all(pair.map(({ container }) => readCpuSeconds(container)));
  await wait(idleSeconds * 1000);
  const after = await Promise.all(pair.map(({ container }) => readCpuSeconds(container)));
  return after.map((seconds, index) => (seconds - (before[index] ?? 0)) / idleSeconds);
}

/** CPU seconds for 10,000 requests of each, what it uses without requests left out, in short turns, so that what else the machine does is shared. */
async function compare(pair: Contestant[], requests: number, idle: number[]): Promise<number[]> {
  const startedAt = performance.now();
  const readBoth = () => Promise.all(pair.map(({ container }) => readCpuSeconds(container)));
  const before = await readBoth();
  for (let slice = 0; slice < slices; slice++)
    for (const contestant of slice % 2 === 0 ? pair : pair.toReversed())
      await send(contestant, requests / slices);
  const after = await readBoth();
  const elapsed = (performance.now() - startedAt) / 1000;
  return after.map((seconds, index) => {
    const used = seconds - (before[index] ?? 0) - (idle[index] ?? 0) * elapsed;
    return (used * 10_000) / requests;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "10" },
      requests: { type: "string", default: "10000" },
      watch: { type: "boolean", default: false },
    },
  });
  const rounds = readCount("--rounds", values.rounds);
  const requests = readCount("--requests", values.requests);
  const balancer = await startBalancer({ args: toArgs(values.watch) });
  try {
    const flotilla = { container: balancer.container, client: balancer };
    const pair = [flotilla, await startHandWritten(balancer)];
    await compare(pair, 2000, [0, 0]);
    const idle = await measureIdle(pair);
    const [idleOurs = "", idleTheirs = ""] = idle.map((seconds) => (seconds * 1000).toFixed(1));
    console.log(`Without requests, ms of CPU per second: Flotilla ${idleOurs}, by hand ${idleTheirs}`);
    const ratios: number[] = [];
    console.log("CPU seconds of the balancer per 10,000 requests\nround  Flotilla  by hand  ratio");
    for (let round = 1; round <= rounds; round++) {
      const isOdd = round % 2 === 1;
      const order = <Item>(items: Item[]): Item[] => (isOdd ? items : items.toReversed());
      const measured = await compare(order(pair), requests, order(idle));
      const [ours = 0, theirs = 0] = order(measured);
      ratios.push(ours / theirs);
      const cells = [ours, theirs, ours / theirs].map((cell) => cell.toFixed(3).padStart(8));
      console.log(`${String(round).padStart(5)}${cells.join(" ")}`);
    }
    concludeRatios(ratios, goal);
  } finally {
    await balancer.stop();
  }
}

void main();
