import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Status } from "../../../cli/operator/report";
import { type Clone, createClone } from "../support/clone";
import { provide } from "../sealed/containers";
import { docker, findRunning, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { start } from "../support/processes";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { tellTests } from "../support/tell-tests";
import { removeEverything } from "../support/workspace";

tellTests();

const run = promisify(execFile);
const stack = `operator-${process.pid}`;
const label = `flotilla/${stack}`;
let clone: Clone;
let url: string;

/** The stack of a clone, with a datastore beside its two pools. */
beforeAll(async () => {
  await provide("redis:8.2");
  clone = await createClone();
  const port = await findFreePort();
  url = `http://localhost:${port}`;
  const file = join(clone.folder, `Pulumi.${stack}.yaml`);
  cpSync(join(clone.folder, "Pulumi.dev.yaml"), file);
  const settings = readFileSync(file, "utf8").replace(/port: 8080/, `port: ${port}`);
  writeFileSync(file, `${settings}  flotilla:datastores: {cache: {engine: redis}}\n`);
  expect(await clone.npm("up", stack, "--replicas=api=2")).toMatchObject({ ok: true, errors: [] });
});

afterAll(async () => {
  await clone.npm("down", stack, "--volumes", "--yes").catch(() => undefined);
  await removeEverything(label);
  clone.remove();
});

const line = (command: string, words: string[]) => [
  ...["run", "--silent", command, "--", `--stack=${stack}`],
  ...words,
];

async function npm(
  command: string,
  ...words: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd: clone.folder, env: clone.environment() };
  return run("npm", line(command, words), options).then(
    (ended) => ({ code: 0, ...ended }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

async function readStatus(): Promise<Status> {
  return JSON.parse((await npm("status", "--json")).stdout) as Status;
}

test("the names on the engine say whose a container is", async () => {
  const names = await findRunning(label);
  expect(names.filter((name) => !name.startsWith(`flotilla-${stack}-`))).toEqual([]);
});

test("the status says that all is well, and what each replica does", async () => {
  for (let times = 0; times < 20; times++) await ask(url);
  await until("the balancer has counted", async () => ((await readStatus()).pools[0]?.requests ?? 0) >= 20);
  const { ok, pools, parts, disk } = await readStatus();
  expect({ ok, pools }).toMatchObject({
    ok: true,
    pools: [
      { pool: "api", well: 2, replicas: 2, failed: 0 },
      { pool: "worker", well: 1, replicas: 1 },
    ],
  });
  const api = parts.find(({ title }) => title === "api-1");
  expect(api).toMatchObject({ state: "healthy", image: "node:24-slim", memoryLimit: 256 * 1024 ** 2 });
  expect(api?.memoryBytes).toBeGreaterThan(1024 ** 2);
  expect(parts.find(({ title }) => title === "cache")).toMatchObject({ role: "store", state: "healthy" });
  expect(disk?.size).toBeGreaterThan(disk?.used ?? 0);
});

test("ways, settings, events and deployments are shown", async () => {
  expect((await npm("network")).stdout).toContain("outside -> balancer by ");
  expect((await npm("config")).stdout).toContain("flotilla:pools: {");
  expect((await npm("config", "--nginx")).stdout).toMatch(
    /upstream api \{[^]*# members\/api\.conf\n\s*server /,
  );
  expect((await npm("events")).stdout).toMatch(/ {2}api-1 is started\n/);
  expect((await npm("history")).stdout).toMatch(/ 1 .* update +succeeded /);
});

test("a restart makes the same version anew under load, logs go on through it, and a second up changes nothing", async () => {
  const before = await findRunning(label, "flotilla.pool=api");
  const logs = start("npm", line("logs", ["--follow", "--tail=0", "api"]), clone.folder, clone.environment());
  await row({ operation: "the replicas of a pool are restarted", target: url }, async () => {
    expect(await clone.npm("restart", stack, "api")).toMatchObject({ ok: true, errors: [] });
  });
  const after = await findRunning(label, "flotilla.pool=api");
  expect(after).toHaveLength(2);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
  await logs.seen(/api-1\S* has started/);
  await logs.seen(/api-2\S* has ended/);
  await logs.kill("too");
  expect(logs.text()).toMatch(/^api-1.* \| \[api-1\] GET /m);
  expect(Object.keys((await clone.npm("preview", stack)).changes).sort()).toEqual(["read", "same"]);
});

test("a command in a replica ends as it does", async () => {
  expect(await npm("exec", "api-2", "--", "sh", "-c", "echo here; exit 7")).toMatchObject({
    ...{ code: 7, stdout: "here\n" },
  });
  const wrong = await npm("exec", "apo", "--", "true");
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain("There is no part apo of the stack. Did you mean api?");
});

test("a datastore's shell knows its user, and no list of processes the password", async () => {
  expect((await npm("shell", "cache", "--", "SET", "night", "kept")).stdout).toBe("OK\n");
  const [server = ""] = await findRunning(label, "flotilla.role=store");
  const asleep = npm("shell", "cache", "--", "BLPOP", "nothing", "3");
  await until("the shell runs", async () => (await docker("top", server)).includes("BLPOP"));
  const shown = await docker("top", server, "-eo", "pid,args");
  await asleep;
  expect(shown).toMatch(/redis-cli --user administrator -h cache BLPOP nothing 3/);
  expect(await docker("exec", server, "ls", "/dev/shm")).toBe("");
});

test("a stopped stack is started again, by start and by up, with its data and its number of replicas", async () => {
  const all = await findRunning(label);
  expect((await npm("stop", "--json")).code).toBe(0);
  expect(await findRunning(label)).toEqual([]);
  expect(await npm("status", "--json")).toMatchObject({ code: 1 });
  expect((await npm("start")).code).toBe(0);
  expect((await findRunning(label)).sort()).toEqual(all.sort());
  expect(await ask(url)).toMatchObject({ status: 200 });
  await npm("stop");
  expect(await clone.npm("up", stack)).toMatchObject({ ok: true });
  expect(await ask(url)).toMatchObject({ status: 200 });
  expect((await npm("shell", "cache", "--", "GET", "night")).stdout).toBe("kept\n");
  expect((await readStatus()).pools[0]).toMatchObject({ pool: "api", well: 2 });
});
