// The autoscaler under a load that grows and goes, with figures that it cannot have, and where others are at work.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Deployed } from "../../../cli/operator/history";
import { startLoad } from "../../load/client";
import { docker, findRunning, until } from "../support/engine";
import { keepLedger, ledgerVolume, readLedgerVolume } from "../support/ledger";
import { row } from "../support/rows";
import { demoPool, type PoolSettings } from "../support/settings";
import { tellTests } from "../support/tell-tests";
import { useCommandStack } from "./support";

tellTests();
const ledger = `flotilla-autoscale-${process.pid}-ledger`;
// Hooks run from the last to the first: the stack is gone then.
afterAll(() => docker("volume", "rm", "--force", ledger));
const own = useCommandStack("autoscale");

/** A line of the autoscaler for programs. */
interface Line {
  event: string;
  pool?: string;
  from?: number;
  to?: number;
  missing?: string[];
  because?: { by: string };
  why?: string;
}

const quick = { upAfterSeconds: 3, downAfterSeconds: 8 };
/** By requests alone: what processors are left for replicas here, others decide. */
const byRequests = { ...quick, requestsPerMinute: 3000, cpuPercent: false, responseSeconds: false };
/** Some 1,500 requests a minute, of which one replica can have twice as many. */
const light = { busyGet: 4, busyPost: 4, slow: 1, idle: 4, fresh: 0 };
const lightPace = { busy: 300 };
/** Some 12,000 more. */
const heavy = { busyGet: 8, busyPost: 0, slow: 0, idle: 0, fresh: 0 };
const heavyPace = { busy: 40 };

const countReplicas = async (pool = "api") =>
  (await findRunning(own().label, `flotilla.pool=${pool}`)).length;

/** Writes what the stack's file says of the two pools. */
function configure(api: PoolSettings, worker: PoolSettings): void {
  const port = Number(new URL(own().url).port);
  const pools = { api: demoPool(api), worker: demoPool({ reachableFrom: ["api"], ...worker }) };
  const config = { "flotilla:pools": pools, "flotilla:balancer": { port } };
  // JSON is YAML too.
  const text = JSON.stringify({ config }).replaceAll(ledgerVolume, ledger);
  writeFileSync(join(own().clone.folder, `Pulumi.${own().stack}.yaml`), text);
}

async function deploy(...words: string[]): Promise<void> {
  expect(await own().clone.npm("up", own().stack, ...words)).toMatchObject({ ok: true, errors: [] });
}

function parseLines(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
}

/** Decides once. */
async function once(...words: string[]): Promise<{ code: number; lines: Line[]; stderr: string }> {
  const { code, stdout, stderr } = await own().npm("autoscale", "--once", "--json", "--every=2", ...words);
  return { code, lines: parseLines(stdout), stderr };
}

/** Runs the autoscaler until it is told to end, as a service is. */
function keepScaled(...words: string[]): { lines: () => Line[]; end: () => Promise<number | null> } {
  const script = ["--require", "./loader/register.cjs", "cli/main.ts", "autoscale", `--stack=${own().stack}`];
  const child = spawn(process.execPath, [...script, "--json", "--every=2", ...words], {
    ...{ cwd: own().clone.folder, env: own().clone.environment() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    lines: () => parseLines(text),
    end: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

const listSteps = (lines: Line[]) =>
  lines.filter(({ event, from, to }) => event === "look" && from !== to).map(({ from, to }) => [from, to]);

beforeAll(async () => {
  keepLedger(Number(new URL(own().url).port), readLedgerVolume(ledger));
  configure({ replicas: { initial: 1, max: 3 } }, { replicas: { initial: 2, max: 3 } });
  await deploy("--replicas=api=1,worker=2");
});

test("settings of scaling alone change no container", async () => {
  const before = await findRunning(own().label);
  configure(
    { replicas: { initial: 1, max: 3, scaling: byRequests } },
    { replicas: { initial: 2, max: 3, scaling: { ...quick, upAfterSeconds: 0, downAfterSeconds: 6 } } },
  );
  await deploy();
  expect((await findRunning(own().label)).sort()).toEqual(before.sort());
});

test("a dry run says what it would do, and does nothing", async () => {
  const load = startLoad({ url: own().url, clients: heavy, paceMs: heavyPace });
  const { code, lines } = await once("api", "--dry-run");
  await load.stop();
  expect(code).toBe(0);
  expect(listSteps(lines)).toEqual([[1, 2]]);
  expect(await countReplicas()).toBe(1);
});

test("replicas come with the load and go with it, and no request fails", async () => {
  await row(
    {
      operation: "the autoscaler goes from 1 to 3 replicas with the load, and back to 1",
      target: own().url,
      load: { clients: light, paceMs: lightPace },
      slowest: { seconds: 10, because: "the load grows to more than one replica has processors for" },
      note: ({ seconds }) => `from 1 to 3 to 1 in ${Math.round(seconds)} s`,
    },
    async () => {
      const scaler = keepScaled("api");
      try {
        const further = startLoad({ url: own().url, clients: heavy, paceMs: heavyPace });
        await until("three replicas serve", async () => (await countReplicas()) === 3, 240);
        await wait(5000);
        expect(await further.stop()).toMatchObject({ failed: 0 });
        await until("one replica serves", async () => (await countReplicas()) === 1, 240);
      } finally {
        expect(await scaler.end()).toBe(0);
      }
      expect(listSteps(scaler.lines())).toEqual([
        [1, 2],
        [2, 3],
        [3, 2],
        [2, 1],
      ]);
    },
  );
});

test("the history says who has scaled, and why", async () => {
  const [last] = await own().read<Deployed[]>("history", "--count=1");
  expect(last).toMatchObject({ result: "succeeded", kind: "update" });
  expect(last?.message).toMatch(/^autoscale: api 2 → 1, requests a minute of each \d+ ≤ 3000$/);
});

test("a pool whose figures cannot be had keeps its replicas, and it is said why", async () => {
  const [balancer = ""] = await findRunning(own().label, "flotilla.balancer=worker-balancer");
  await docker("stop", "--time=1", balancer);
  const { code, lines } = await once("worker");
  expect(code).toBe(0);
  expect(lines).not.toEqual([]);
  for (const line of lines) expect(line).toMatchObject({ from: 2, to: 2, missing: ["response", "errors"] });
  await docker("start", balancer);
});

test("a pool with nothing to do goes down once its figures are there", async () => {
  const { code, lines } = await once("worker");
  expect([code, listSteps(lines)]).toEqual([0, [[2, 1]]]);
  expect(await countReplicas("worker")).toBe(1);
});

test("nothing is scaled while a stack is locked, nor with settings that are not deployed", async () => {
  const night = { ...byRequests, schedule: [{ from: "* * * * *", until: "0 0 1 1 *", min: 2 }] };
  const api = { replicas: { initial: 1, max: 3, scaling: night } };
  configure(api, { replicas: { initial: 2, max: 3 } });
  await deploy();

  await own().npm("lock", "-m", "a test");
  const locked = await once();
  expect([locked.code, locked.lines.at(-1)]).toMatchObject([1, { event: "waits" }]);
  expect(locked.lines.at(-1)?.why).toContain("a test");
  await own().npm("unlock");

  configure({ ...api, env: { VERSION: "2" } }, { replicas: { initial: 2, max: 3 } });
  const stray = await once();
  expect([stray.code, stray.lines.at(-1)]).toMatchObject([1, { event: "failed" }]);
  expect(stray.lines.at(-1)?.why).toMatch(/^More than numbers would be deployed from this folder: /);
  configure(api, { replicas: { initial: 2, max: 3 } });
  expect(await countReplicas()).toBe(1);
});

test("a schedule has its least number at once, and others keep it", async () => {
  const { code, lines } = await once();
  expect([code, listSteps(lines)]).toEqual([0, [[1, 2]]]);
  expect(lines[0]).toMatchObject({ because: { by: "schedule", min: 2, max: 3 } });
  const before = await findRunning(own().label);
  await deploy();
  expect((await findRunning(own().label)).sort()).toEqual(before.sort());
});
