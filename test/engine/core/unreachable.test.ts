import { expect, test } from "vitest";
import { docker, findRunning, until } from "../support/engine";
import { ask } from "../support/requests";
import { record } from "../support/rows";
import { useWorkspace } from "../support/use-workspace";
import type { PulumiRun } from "../support/pulumi-run";
import { describeQuiet, local, localPools } from "./unreachable";

const workspace = useWorkspace({ name: "unreachable", pools: localPools });
const { tryWithoutLoad, setVersion, expectVersion } = describeQuiet(workspace);

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

test("while nobody can answer, the balancer says so, and an `up` that changes nothing ends with an error", async () => {
  setVersion("api", { VERSION: "good", LOCAL: "false" });
  await workspace().deploy();
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
  expect(await ask(`${workspace().url}/health`)).toMatchObject({ status: 200 });
});
