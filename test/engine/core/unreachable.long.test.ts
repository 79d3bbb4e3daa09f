import { expect, test } from "vitest";
import { readBalancer } from "../support/engine";
import { ask, askForAnswer } from "../support/requests";
import { setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
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

test("a good version is published", async () => {
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
  const before = await readBalancer(workspace().label);
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "bad", ANSWERS_TO_OTHERS: "1" });
    settings.balancer.retryAfterSeconds = 77;
  });
  await tryWithoutLoad("a push that fails half-way: `up` fails", "answers 500 to GET /health");
  expect(await readBalancer(workspace().label)).toBe(before);
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
