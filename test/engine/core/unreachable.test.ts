import { expect, test } from "vitest";
import { docker, findReplica, findRunning, until } from "../support/engine";
import { ask, askForAnswer } from "../support/requests";
import { record } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import type { PulumiRun } from "../support/workspace";

const local = "listens on port 3000 of 127.0.0.1 alone, which only its own container reaches";
// The third replica is one that nobody else reaches, and with LOCAL all are; each is healthy by its own check.
const command = [
  "sh",
  "-c",
  'case "$LOCAL $INSTANCE_ID" in *true* | *-3) export HOST=127.0.0.1 ;; esac; exec node /app/server.js',
];

const workspace = useWorkspace({
  name: "unreachable",
  pools: {
    api: demoPool({
      command,
      replicas: { initial: 2, min: 1, max: 3 },
      env: { LOCAL: "true", UPSTREAM_URL: "http://worker:3000/" },
    }),
    worker: demoPool({ command, reachableFrom: ["api"] }),
  },
});

/** Nobody sends a request while it is tried: what is found must not need one. */
async function tryWithoutLoad(
  operation: string,
  message: string,
  env?: Record<string, string>,
): Promise<void> {
  const run = await workspace().up(env);
  const held = !run.ok && run.text.includes(message);
  record({ operation, requests: 0, failed: 0, seconds: run.seconds, held });
  expect(run.ok, run.text).toBe(false);
  expect(run.text).toContain(message);
}

function setVersion(pool: string, env: Record<string, string>, strategy = "blue-green"): void {
  workspace().configure((settings) => {
    setEnv(settings, pool, env);
    Object.assign(settings.pools[pool] ?? {}, { strategy });
  });
}

async function expectVersion(version: string): Promise<void> {
  for (let i = 0; i < 6; i++) expect((await askForAnswer(workspace().url)).version).toBe(version);
  expect(await ask(`${workspace().url}/healthz`)).toEqual({ status: 200, body: '{"status":"ok"}' });
}

test.each(["first", "second"])(
  "a first version that nobody reaches is not published, the %s time",
  async (time) => {
    await tryWithoutLoad(`first version that nobody reaches, ${time} time: \`up\` fails`, local);
    expect(typeof (await ask(workspace().url))).toBe("string");
  },
);

test("a good version after it is published", async () => {
  setVersion("api", { VERSION: "good", LOCAL: "false" });
  await workspace().deploy();
  await expectVersion("good");
});

test.each(["first", "second"])(
  "a version that nobody reaches replaces no good one, the %s time",
  async (time) => {
    setVersion("api", { VERSION: "bad", LOCAL: "true" });
    await tryWithoutLoad(`update to a version that nobody reaches, ${time} time: \`up\` fails`, local);
    await expectVersion("good");
  },
);

test("nor does it one by one", async () => {
  setVersion("api", { VERSION: "bad", LOCAL: "true" }, "rolling");
  await tryWithoutLoad("rolling update to a version that nobody reaches: `up` fails", local);
  await expectVersion("good");
  setVersion("api", { VERSION: "good", LOCAL: "false" });
  await workspace().deploy();
});

test("a version that answers once only replaces no good one, and all settings are those of before", async () => {
  const before = await readSettings();
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "bad", ANSWERS_TO_OTHERS: "1" });
    settings.balancer.retryAfterSeconds = 77;
  });
  await tryWithoutLoad("a push that fails half-way: `up` fails", "answers 500 to GET /health");
  expect(await readSettings()).toBe(before);
  await expectVersion("good");
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "good", ANSWERS_TO_OTHERS: undefined });
  });
  await workspace().deploy();
});

test("a replica more that nobody reaches gets no request", async () => {
  await tryWithoutLoad("scale 2 → 3, the third is one that nobody reaches: `up` fails", `api-3 ${local}`, {
    FLOTILLA_REPLICAS: "api=3",
  });
  await expectVersion("good");
  await workspace().deploy({ FLOTILLA_REPLICAS: "api=2" });
});

test("a version of an internal pool that nobody reaches replaces no good one", async () => {
  setVersion("worker", { VERSION: "bad", LOCAL: "true" });
  await tryWithoutLoad("internal pool: a version that nobody reaches: `up` fails", local);
  const { upstream } = await askForAnswer(`${workspace().url}/upstream`);
  expect(upstream?.version).toBe("1");
  setVersion("worker", { VERSION: "1", LOCAL: "false" });
  await workspace().deploy();
});

test("while nobody can answer, the balancer says so, and an `up` that changes nothing ends with an error", async () => {
  const replicas = await findRunning(workspace().label, "flotilla.pool=api");
  await docker("pause", ...replicas);
  const health = await ask(`${workspace().url}/healthz`);
  let run: PulumiRun;
  try {
    run = await workspace().up();
  } finally {
    await docker("unpause", ...replicas);
  }
  const message = "nobody can answer for api";
  record({
    operation: "an `up` while nobody can answer: it fails",
    ...{ requests: 0, failed: 0, seconds: run.seconds, held: !run.ok && run.text.includes(message) },
  });
  expect(health).toEqual({ status: 503, body: '{"status":"unavailable","pools":["api"]}' });
  expect(run.ok, run.text).toBe(false);
  expect(run.text).toContain(message);
  await until("the replicas answer again", async () => {
    const answer = await ask(`${workspace().url}/healthz`);
    return typeof answer !== "string" && answer.status === 200;
  });
  await workspace().deploy();
  const { changes } = await workspace().deploy();
  expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});

test("`/health` is the application's", async () => {
  const answer = await ask(`${workspace().url}/health`);
  expect(answer).toMatchObject({ status: 200 });
  expect(await docker("logs", await findReplica(workspace().label, "api-1"))).not.toContain("tired");
});

/** What Nginx is told: its settings and its replicas. */
async function readSettings(): Promise<string> {
  const [balancer = ""] = await findRunning(workspace().label, "flotilla.balancer=balancer");
  const script = "cd /etc/flotilla/live && cat nginx.conf watch.js members/*.list";
  return docker("exec", balancer, "sh", "-c", script);
}
