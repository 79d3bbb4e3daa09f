import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { ask } from "../support/requests";
import { count, inWords } from "../support/counts";
import { record } from "../support/rows";
import type { PoolSettings } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { createClient } from "./support/client";

const seconds = Number(process.env.FLOTILLA_REST_SECONDS ?? 90);
const clientsOfPool = 40;
const folder = join(__dirname, "runtimes");

const python = (...command: string[]): PoolSettings => ({ build: { context: "runtimes" }, command });
const node = (shape: string): PoolSettings => ({
  image: "node:24-slim",
  command: ["node", "/ledger.js"],
  env: { SHAPE: shape },
  files: { "/ledger.js": "runtimes/ledger.js" },
});
/** Ordinary servers, each as its makers ship it. */
const servers: Record<string, PoolSettings> = {
  "node-24": node("default"),
  "node-20": node("node-20"),
  "node-that-closes": node("closes"),
  "node-that-announces": node("announces"),
  "gunicorn-sync": python("gunicorn", "--bind=:3000", "ledger:wsgi"),
  "gunicorn-gthread": python(
    "gunicorn",
    "--bind=:3000",
    "--worker-class=gthread",
    "--threads=8",
    "ledger:wsgi",
  ),
  uvicorn: python("uvicorn", "--host=0.0.0.0", "--port=3000", "--log-level=warning", "ledger:asgi"),
  flask: python("flask", "--app=ledger:flask()", "run", "--host=0.0.0.0", "--port=3000"),
};
const hasGo = canRun("go", ["version"]);
if (hasGo) servers.go = { build: { context: "go" } };

const workspace = useWorkspace({
  name: "runtimes",
  pools: Object.fromEntries(
    Object.entries(servers).map(([name, pool]) => [
      name,
      { port: 3000, healthCheck: { path: "/", intervalSeconds: 5 }, ...pool },
    ]),
  ),
  settings: {
    routes: Object.keys(servers).map((pool) => ({ path: `/${pool}/`, pool })),
  },
});

beforeAll(async () => {
  cpSync(folder, join(workspace().folder, "runtimes"), { recursive: true });
  if (hasGo) buildGo(join(workspace().folder, "go"));
  await workspace().deploy();
});

test.each(Object.keys(servers))(
  "%s at rest loses no POST",
  { concurrent: true, timeout: (seconds + 60) * 1000 },
  async (server) => {
    const { port, url } = workspace();
    const statuses: number[] = [];
    const end = Date.now() + seconds * 1000;
    const runClient = async (): Promise<void> => {
      const client = createClient(port);
      while (Date.now() < end) {
        const question = { path: `/${server}/`, method: "POST", body: randomUUID() };
        statuses.push((await client.ask(question)).status);
        await wait(chooseRest());
      }
      client.forget();
    };
    await Promise.all(Array.from({ length: clientsOfPool }, runClient));
    const counts = count(statuses);
    const told = await ask(`${url}/${server}/ledger`);
    const ledger = JSON.parse(typeof told === "string" ? "{}" : told.body) as {
      entries: number;
      names: number;
    };
    const failed = statuses.length - (counts["200"] ?? 0);
    const held = failed === 0 && ledger.entries === statuses.length && ledger.names === statuses.length;
    record({
      operation: `${server} at rest`,
      requests: statuses.length,
      failed,
      seconds,
      held,
      note: inWords(counts),
    });
    expect(counts).toEqual({ "200": statuses.length });
    expect(ledger).toMatchObject({ entries: statuses.length, names: statuses.length });
  },
);

/** Milliseconds, near those after which servers end idle connections. */
function chooseRest(): number {
  const usual = [1000, 1500, 2000, 5000, 6000];
  return (usual[Math.floor(Math.random() * usual.length)] ?? 0) + Math.round(Math.random() * 100 - 50);
}

function canRun(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function buildGo(context: string): void {
  cpSync(folder, context, { recursive: true });
  const env = { ...process.env, CGO_ENABLED: "0", GOOS: "linux", GO111MODULE: "off" };
  execFileSync("go", ["build", "-o", "ledger", "ledger.go"], { cwd: context, env });
  writeFileSync(join(context, "Dockerfile"), 'FROM node:24-slim\nCOPY ledger /ledger\nCMD ["/ledger"]\n');
  expect(readFileSync(join(context, "ledger")).length).toBeGreaterThan(0);
}
