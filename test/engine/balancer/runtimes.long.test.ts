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
const node = (shape: string, image = "node:24-slim"): PoolSettings => ({
  image,
  command: ["node", "/ledger.js"],
  env: { SHAPE: shape },
  files: { "/ledger.js": "runtimes/ledger.js" },
});
/** Ordinary servers, each as its makers ship it. */
const servers: Record<string, PoolSettings> = {
  "node-24": node("default"),
  "node-20": canRun("docker", ["image", "inspect", "node:20-slim"])
    ? node("default", "node:20-slim")
    : node("node-20"),
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
/** The same with connections that are kept for longer than the server keeps them. */
const control = "node-24-kept-too-long";
servers[control] = { ...node("default"), balancing: { keepalive: { idleSeconds: 60 } } };
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

/** POSTs by all clients at once, again and again after a rest; the ledger says which of them came. */
async function rest(
  server: string,
  usual: number[],
): Promise<{ statuses: number[]; entries: number; names: number }> {
  const { port, url } = workspace();
  const client = createClient(port);
  const statuses: number[] = [];
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const question = () => ({ path: `/${server}/`, method: "POST", body: randomUUID() });
    statuses.push(
      ...(await client.askMany(clientsOfPool, question, clientsOfPool)).map(({ status }) => status),
    );
    await wait(chooseRest(usual));
  }
  client.forget();
  const told = await ask(`${url}/${server}/ledger`);
  const ledger = JSON.parse(typeof told === "string" ? "{}" : told.body) as {
    entries: number;
    names: number;
  };
  return { statuses, ...ledger };
}

function tell(server: string, statuses: number[], isAsExpected: boolean): void {
  const requests = statuses.length;
  const failed = statuses.filter((status) => status !== 200).length;
  const operation = `${server} at rest`;
  record({ operation, requests, failed, seconds, held: isAsExpected, note: inWords(count(statuses)) });
}

const options = { concurrent: true, timeout: (seconds + 60) * 1000 };

test.each(Object.keys(servers).filter((server) => server !== control))(
  "%s at rest loses no POST",
  options,
  async (server) => {
    const { statuses, ...ledger } = await rest(server, [1500, 2000, 5000, 5000, 6000]);
    const all = { entries: statuses.length, names: statuses.length };
    const isWhole = ledger.entries === all.entries && ledger.names === all.names;
    tell(server, statuses, isWhole && statuses.every((status) => status === 200));
    expect(count(statuses)).toEqual({ "200": statuses.length });
    expect(ledger).toMatchObject(all);
  },
);

test("POSTs are lost where a connection is kept for longer than the server keeps it", options, async () => {
  const { statuses } = await rest(control, [5990]);
  const lost = statuses.filter((status) => status !== 200);
  tell(control, statuses, lost.length > 0);
  expect(lost.length).toBeGreaterThan(0);
});

/** Milliseconds, near those after which servers end idle connections. */
function chooseRest(usual: number[]): number {
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
