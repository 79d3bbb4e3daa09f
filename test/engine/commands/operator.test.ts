import { beforeAll, expect, test } from "vitest";
import type { Status } from "../../../cli/operator/report";
import { provide } from "../sealed/containers";
import { docker, findRunning, until } from "../support/engine";
import { start } from "../support/processes";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { tellTests } from "../support/tell-tests";
import { useCommandStack } from "./support";

tellTests();

// Before the stack, which has a datastore beside its two pools.
beforeAll(() => provide("redis:8.2"));
const own = useCommandStack("operator", () => ({ datastores: { cache: { engine: "redis" } } }));

async function readStatus(): Promise<Status> {
  return own().read<Status>("status");
}

test("the names on the engine say whose a container is", async () => {
  const names = await findRunning(own().label);
  expect(names.filter((name) => !name.startsWith(`flotilla-${own().stack}-`))).toEqual([]);
});

test("the status says that all is well, and what each replica does", async () => {
  for (let times = 0; times < 20; times++) await ask(own().url);
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
  expect((await own().npm("network")).stdout).toContain("outside -> balancer by ");
  expect((await own().npm("config")).stdout).toContain("flotilla:pools: {");
  expect((await own().npm("config", "--nginx")).stdout).toMatch(
    /upstream api \{[^]*# members\/api\.conf\n\s*server /,
  );
  expect((await own().npm("events")).stdout).toMatch(/ {2}api-1 is started\n/);
  expect((await own().npm("history")).stdout).toMatch(/ 1 .* update +succeeded /);
});

test("a restart makes the same version anew under load, logs go on through it, and a second up changes nothing", async () => {
  const before = await findRunning(own().label, "flotilla.pool=api");
  const logs = start(
    "npm",
    own().line("logs", ["--follow", "--tail=0", "api"]),
    own().clone.folder,
    own().clone.environment(),
  );
  await row({ operation: "the replicas of a pool are restarted", target: own().url }, async () => {
    expect(await own().clone.npm("restart", own().stack, "api")).toMatchObject({ ok: true, errors: [] });
  });
  const after = await findRunning(own().label, "flotilla.pool=api");
  expect(after).toHaveLength(2);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
  await logs.seen(/api-1\S* has started/);
  await logs.seen(/api-2\S* has ended/);
  await logs.kill("too");
  expect(logs.text()).toMatch(/^api-1.* \| \[api-1\] GET /m);
  expect(Object.keys((await own().clone.npm("preview", own().stack)).changes).sort()).toEqual([
    "read",
    "same",
  ]);
});

test("a preview shows resources, and one that fails says why once, last", async () => {
  expect((await own().npm("preview", "--diff")).stdout).toMatch(/Resources:\n +\d+ unchanged\n/);
  const { code, stdout, stderr } = await own().npm("preview", "--set", "pools.api.replicas=many");
  expect(code).toBe(1);
  expect(`${stdout}${stderr}`.match(/pools\.api\.replicas must be/g)).toHaveLength(1);
  expect(`${stdout}${stderr}`.trimEnd().split("\n").at(-1)).toMatch(
    /pools\.api\.replicas must be .* got "many"/,
  );
});

test("a command in a replica ends as it does", async () => {
  expect(await own().npm("exec", "api-2", "--", "sh", "-c", "echo here; exit 7")).toMatchObject({
    ...{ code: 7, stdout: "here\n" },
  });
  const wrong = await own().npm("exec", "apo", "--", "true");
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain("There is no part apo of the stack. Did you mean api?");
});

test("a datastore's shell knows its user, and no list of processes the password", async () => {
  expect((await own().npm("shell", "cache", "--", "SET", "night", "kept")).stdout).toBe("OK\n");
  const [server = ""] = await findRunning(own().label, "flotilla.role=store");
  const asleep = own().npm("shell", "cache", "--", "BLPOP", "nothing", "3");
  await until("the shell runs", async () => (await docker("top", server)).includes("BLPOP"));
  const shown = await docker("top", server, "-eo", "pid,args");
  await asleep;
  expect(shown).toMatch(/redis-cli --user administrator -h cache BLPOP nothing 3/);
  expect(await docker("exec", server, "ls", "/dev/shm")).toBe("");
});

test("a stopped stack is started again, by start and by up, with its data and its number of replicas", async () => {
  const all = await findRunning(own().label);
  expect((await own().npm("stop", "--json")).code).toBe(0);
  expect(await findRunning(own().label)).toEqual([]);
  expect(await own().npm("status", "--json")).toMatchObject({ code: 1 });
  expect((await own().npm("start")).code).toBe(0);
  expect((await findRunning(own().label)).sort()).toEqual(all.sort());
  expect(await ask(own().url)).toMatchObject({ status: 200 });
  await own().npm("stop");
  expect(await own().clone.npm("up", own().stack)).toMatchObject({ ok: true });
  expect(await ask(own().url)).toMatchObject({ status: 200 });
  expect((await own().npm("shell", "cache", "--", "GET", "night")).stdout).toBe("kept\n");
  expect((await readStatus()).pools[0]).toMatchObject({ pool: "api", well: 2 });
});
