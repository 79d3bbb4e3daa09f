import { describe, expect, test } from "vitest";
import { Strategy } from "../../../components";
import { inputOf, minimalPool, ofType, recordPool, recordService, taskOf } from "../../support/service";

describe("the command of a pool", () => {
  test("runs again for each new container, and for nothing else", async () => {
    const { inputs } = (await recordPool({ replicas: 2 })).find("app-api-members");
    expect(inputs.triggers).toEqual(["app-api-1-id", "app-api-2-id"]);
  });

  test("lets all replicas come and go by their containers' names", async () => {
    const command = (await recordPool({ replicas: 2, drainSeconds: 7 })).find("app-api-members");
    expect(inputOf(command)).toEqual({
      balancer: "balancer",
      network: "app-public-network-abc1234",
      upstream: "api",
      port: 3000,
      replicas: [1, 2].map((number) => ({
        replica: `app-api-${number}-abc1234`,
        title: `api-${number}`,
        startSeconds: 60,
        line: `server app-api-${number}-abc1234:3000 resolve max_fails=3 fail_timeout=10s; # api-${number}`,
      })),
      processes: 4096,
      joinsAlone: false,
      leavesAlone: false,
      failSeconds: 10,
      idleSeconds: 1.5,
      probe: { path: "/health", protocol: "http", seconds: 3, takesAnyAnswer: false },
      drainSeconds: 7,
      streamSeconds: 7,
    });
  });

  test("is given its values by its standard input, and none by its environment", async () => {
    const recording = await recordPool({ replicas: 2 });
    expect(taskOf(recording.find("app-api-members"))).toEqual({});
  });

  test("is one for all replicas, however many there are", async () => {
    const commands = async (replicas: number): Promise<string[]> =>
      ofType(await recordPool({ replicas }), "Command").map(({ name }) => name);
    expect(await commands(20)).toEqual(await commands(1));
  });

  test.each([
    ["ten seconds", {}, {}, 10],
    ["no longer than the drain", { drainSeconds: 7 }, {}, 7],
    ["what the pool says", { streamSeconds: 3 }, { stream: {} }, 3],
    ["all of the drain where a route has streams", {}, { stream: {} }, 30],
  ])("leaves streams %s", async (_, pool, route, streamSeconds) => {
    const pools = { api: { ...minimalPool, ...pool } };
    const recording = await recordService({ pools, routes: [{ pool: "api", ...route }] });
    expect(inputOf(recording.find("app-api-members"))).toMatchObject({ streamSeconds });
    expect(inputOf(recording.find("app-balancer-push")).upstreams).toMatchObject([{ streamSeconds }]);
  });

  test("has every mechanism switched on", async () => {
    const recording = await recordPool();
    const [replica, ...others] = inputOf(recording.find("app-api-members")).replicas as object[];
    expect(replica).not.toHaveProperty("without");
    expect(others).toEqual([]);
    expect(inputOf(recording.find("app-balancer-push")).without).toEqual([]);
  });
});

describe("the command of a replica", () => {
  test("is its own where they go one by one, and lets it in before the next", async () => {
    const recording = await recordPool({ replicas: 2, strategy: Strategy.Rolling });
    for (const number of [1, 2]) {
      const name = `app-api-${number}-rolling`;
      const command = recording.find(`${name}-member`);
      expect(command.inputs.triggers).toEqual([`${name}-id`]);
      expect(inputOf(command)).toMatchObject({ upstream: "api", port: 3000, joinsAlone: true });
      // Users call it as in any other pool.
      expect(inputOf(command).replicas).toEqual([
        {
          replica: `${name}-abc1234`,
          title: `api-${number}`,
          startSeconds: 60,
          line: `server ${name}-abc1234:3000 resolve max_fails=3 fail_timeout=10s; # api-${number}`,
        },
      ]);
    }
  });

  test("leaves it to the balancer to let it in where it is the only one", async () => {
    const recording = await recordPool({ replicas: 1, strategy: Strategy.Rolling });
    expect(inputOf(recording.find("app-api-1-rolling-member"))).toMatchObject({
      joinsAlone: false,
      leavesAlone: true,
    });
  });
});
