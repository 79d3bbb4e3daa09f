import { describe, expect, test } from "vitest";
import { type PoolArgs, Strategy } from "../../../components";
import type { Recording } from "../../support/recorder";
import { minimalPool, recordService, taskOf } from "../../support/service";

const recordWorkers = (pool: Partial<PoolArgs> = {}, preview = false): Promise<Recording> =>
  recordService({ pools: { jobs: { image: "node:24-slim", ...pool } } }, { preview });

describe("a worker", () => {
  test("is a container that publishes nothing, on a network of its pool's own", async () => {
    const { inputs } = (await recordWorkers({ stopSeconds: 60, env: { A: "1" } })).find("app-jobs-1");
    expect(inputs).toMatchObject({
      envs: ["INSTANCE_ID=jobs-1", "A=1"],
      networksAdvanced: [{ name: "app-jobs-network-abc1234" }],
      destroyGraceSeconds: 60,
      restart: "unless-stopped",
    });
    expect(inputs).not.toHaveProperty("ports");
  });

  test.each([
    ["its command", { command: "test -f /tmp/alive" }, "test -f /tmp/alive"],
    ["the image's own check where it has no command", { startSeconds: 5 }, undefined],
  ])("is asked by %s", async (_, healthCheck, command) => {
    const { healthcheck } = (await recordWorkers({ healthCheck })).find("app-jobs-1").inputs;
    if (command === undefined) expect(healthcheck).toBeUndefined();
    else expect(JSON.stringify(healthcheck)).toContain(command);
  });

  test("reaches an internal pool by its balancer, after which it starts", async () => {
    const pools = { jobs: { image: "node:24-slim" }, api: { ...minimalPool, reachableFrom: ["jobs"] } };
    const recording = await recordService({ pools });
    const { inputs, dependsOn } = recording.find("app-jobs-1");
    expect(inputs.networksAdvanced).toEqual(
      ["jobs", "api"].map((name) => ({ name: `app-${name}-network-abc1234` })),
    );
    expect(dependsOn).toContain("app-api-balancer-push");
    expect(recording.find("app").outputs.url).toBeUndefined();
  });
});

describe("the gate", () => {
  test("knows how long one without a check has to run, and how long a bad one has to end", async () => {
    const gate = (await recordWorkers({ stopSeconds: 60 })).find("app-jobs-1-gate");
    expect(taskOf(gate)).toEqual({
      replica: "app-jobs-1-abc1234",
      title: "jobs-1",
      startSeconds: 60,
      worker: { settleSeconds: 10, stopSeconds: 60 },
    });
    expect(gate.inputs.triggers).toEqual(["app-jobs-1-id"]);
    expect(gate.inputs).not.toHaveProperty("delete");
  });

  test("is waited for by the next replica where they go one by one, and by pools that start after them", async () => {
    const pools = {
      jobs: { image: "node:24-slim", replicas: 2, strategy: Strategy.Rolling },
      more: { image: "node:24-slim", startAfter: ["jobs"] },
    };
    const recording = await recordService({ pools });
    expect(recording.find("app-jobs-2").dependsOn).toContain("app-jobs-1-gate");
    expect(recording.find("app-jobs-2").deleteBeforeReplace).toBe(true);
    expect(recording.find("app-more-1").dependsOn).toContain("app-jobs-2-gate");
  });
});

test("the sweep comes when all have passed, and knows them", async () => {
  const recording = await recordWorkers({ replicas: 2 });
  const sweep = recording.find("app-jobs-swept");
  expect(sweep.dependsOn).toEqual(expect.arrayContaining(["app-jobs-1-gate", "app-jobs-2-gate"]));
  expect(taskOf(sweep)).toEqual({
    network: "app-jobs-network-abc1234",
    replicas: ["app-jobs-1-abc1234", "app-jobs-2-abc1234"],
    stopSeconds: 10,
    reminder: "app-jobs-sweep-abc1234",
  });
});

test.each([false, true])(
  "workers are outputs and targets, and there is no address; preview: %s",
  async (preview) => {
    const { outputs } = (await recordWorkers({ metrics: { port: 9000 } }, preview)).find("app");
    expect(outputs.url).toBeUndefined();
    expect(outputs).toMatchObject({
      containers: { jobs: ["app-jobs-1-abc1234"] },
      networks: { jobs: "app-jobs-network-abc1234" },
      targets: [
        {
          ...{ job: "pool", address: "app-jobs-1-abc1234:9000", path: "/metrics" },
          labels: { service: "app", pool: "jobs", replica: "jobs-1" },
        },
      ],
    });
  },
);
