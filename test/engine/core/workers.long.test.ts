import { beforeAll, describe, expect, test } from "vitest";
import { docker, findHoldings, findReplica, findRunning, readState, until } from "../support/engine";
import { setEnv, type StackSettings } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { copyWorkers, type Count, isWhole, readVersions, whileSending, workerPool } from "./workers/messages";

const unchanged = { create: 0, update: 0, replace: 0, delete: 0 };
const health = { command: "find /tmp/alive -mmin -0.1 | grep -q .", intervalSeconds: 3, startSeconds: 15 };

describe("workers that read a list of Redis and a topic of Kafka", () => {
  const workspace = useWorkspace({
    name: "workers",
    pools: {
      redis: workerPool("redis", { replicas: { initial: 3, min: 1, max: 6 }, healthCheck: health }),
      // Nothing says whether these are healthy.
      kafka: workerPool("kafka", { replicas: { initial: 3, min: 1, max: 6 } }),
    },
    settings: {
      balancer: undefined,
      datastores: {
        cache: { engine: "redis", limits: { memoryMiB: 128 } },
        log: { engine: "kafka", limits: { memoryMiB: 1000 }, kafka: { topics: { jobs: { partitions: 6 } } } },
      },
    },
  });
  const pools = ["redis", "kafka"] as const;

  beforeAll(async () => {
    copyWorkers(workspace());
    await workspace().deploy();
  });

  function setAll(env: Record<string, string | undefined>, change: Record<string, unknown> = {}): void {
    workspace().configure((settings: StackSettings) => {
      for (const pool of pools) {
        setEnv(settings, pool, env);
        Object.assign(settings.pools[pool] ?? {}, change);
      }
    });
  }

  const find = (pool: string): Promise<string[]> => findRunning(workspace().label, `flotilla.pool=${pool}`);
  const findAll = async (): Promise<string[]> => (await Promise.all(pools.map(find))).flat().sort();

  function expectDone(counts: Record<"redis" | "kafka", Count>): void {
    for (const pool of pools) {
      expect(counts[pool].lost).toBe(0);
      expect(counts[pool].twice).toSatisfy((twice: number) => isWhole(twice, pool));
    }
  }

  /** All messages were done, the state knows all that runs, and another run finds nothing to do. */
  async function expectWhole(counts: Record<"redis" | "kafka", Count>, replicas = 3): Promise<void> {
    expectDone(counts);
    expect(await findAll()).toHaveLength(2 * replicas);
    const { containers } = await findHoldings(workspace().label);
    expect(containers.sort()).toEqual((await workspace().knownContainers()).sort());
    const again = await workspace().deploy();
    expect(again.changes, again.text).toMatchObject(unchanged);
  }

  test("have no balancer and publish nothing", async () => {
    expect((await workspace().outputs()).url).toBeUndefined();
    expect(await findRunning(workspace().label, "flotilla.role=balancer")).toEqual([]);
    const label = `--filter=label=flotilla.stack=${workspace().label}`;
    expect(await docker("ps", label, "--format={{.Ports}}")).not.toContain("->");
  });

  test("a blue-green update", async () => {
    setAll({ VERSION: "2" });
    const counts = await whileSending(workspace(), "workers, new version, blue-green", () =>
      workspace().deploy(),
    );
    await expectWhole(counts);
    for (const pool of pools)
      expect([...(await readVersions(workspace(), pool)).keys()].sort()).toEqual(["1", "2"]);
  });

  test("a rolling update", async () => {
    setAll({ VERSION: "3" }, { strategy: "rolling" });
    const counts = await whileSending(workspace(), "workers, new version, rolling", () =>
      workspace().deploy(),
    );
    await expectWhole(counts);
    setAll({}, { strategy: "blue-green" });
    await workspace().deploy();
  });

  test("more replicas, and fewer", async () => {
    const scale = (count: number) =>
      workspace().deploy({ FLOTILLA_REPLICAS: `redis=${count},kafka=${count}` });
    const counts = await whileSending(workspace(), "workers, 3 → 5 → 2 replicas", async () => {
      await scale(5);
      expect(await findAll()).toHaveLength(10);
      await scale(2);
    });
    await expectWhole(counts, 2);
    await scale(3);
  });

  test.each([
    ["ends", "exited with code 1", "cannot start: BAD is set"],
    ["ill", "(?:is still not healthy after 15 s|is unhealthy)", "Its health check says"],
  ])("a version that is bad: it %s", async (bad, reason, line) => {
    const before = await findAll();
    // Workers whose health nobody tells are never ill.
    workspace().configure((settings) => {
      for (const pool of bad === "ill" ? ["redis"] : pools)
        setEnv(settings, pool, { VERSION: "bad", BAD: bad });
    });
    const counts = await whileSending(workspace(), `workers, a version that ${bad}`, async () => {
      const { ok, text } = await workspace().up();
      expect(ok).toBe(false);
      expect(text).toMatch(
        new RegExp(`The replica \\w+-\\d \\(container \\S*app-\\w+-\\d-\\w+\\) ${reason}`),
      );
      expect(text).toContain("Workers of before go on");
      expect(text).toContain(line);
      expect(await findAll()).toEqual(before);
    });
    expectDone(counts);
    setAll({ VERSION: `after ${bad}`, BAD: undefined });
    await expectWhole(
      await whileSending(workspace(), `workers, a good version after one that ${bad}`, () =>
        workspace().deploy(),
      ),
    );
  });

  test.each([
    { seen: /Container app-redis-\d created/, then: "the same version" },
    { seen: /app-redis-\d-gate creating/, then: "the version of before" },
    { seen: /Container app-redis-\d deleting/, then: "the same version" },
  ])("an update that is killed at $seen, then one to $then", async ({ seen, then }) => {
    const operation = `workers, \`up\` killed at ${String(seen)}, then \`up\` to ${then}`;
    const version = `killed at ${String(seen)}`;
    const counts = await whileSending(workspace(), operation, async () => {
      let before: string | undefined;
      workspace().configure((settings) => (before = settings.pools.redis?.env?.VERSION));
      setAll({ VERSION: version });
      const update = workspace().startUp();
      await update.seen(seen);
      await update.kill("not");
      await workspace().cancel();
      if (then !== "the same version") setAll({ VERSION: before });
      await workspace().deploy();
      await update.killRest();
    });
    await expectWhole(counts);
    const [replica = ""] = await find("redis");
    const env = await docker("inspect", "--format={{range .Config.Env}}{{println .}}{{end}}", replica);
    expect(env.split("\n").includes(`VERSION=${version}`)).toBe(then === "the same version");
  });

  test("a replica that is killed: its message is done by another, and an `up` makes it again", async () => {
    const counts = await whileSending(
      workspace(),
      "workers, a replica of each pool killed, then `up`",
      async () => {
        for (const pool of pools) await docker("kill", await findReplica(workspace().label, `${pool}-2`));
        const preview = await workspace().preview();
        expect(preview.text).toContain(
          "Not on the engine or stopped, and made by an update: container worker redis redis-2.",
        );
        await workspace().deploy();
      },
      {
        mayRepeat: (twice, source) => twice <= 1 || isWhole(twice, source),
        because: "the message in hand at a kill may be done twice",
      },
    );
    await expectWhole({ redis: { ...counts.redis, twice: 0 }, kafka: { ...counts.kafka, twice: 0 } });
  });

  test("a replica that crashes is started again by Docker", async () => {
    const replica = await findReplica(workspace().label, "redis-1");
    const before = await readState(replica);
    await docker("exec", replica, "node", "-e", "process.kill(-1, 'SIGKILL')").catch(() => undefined);
    await until("it runs again", async () => {
      const { status, startedAt } = await readState(replica);
      return status === "running" && startedAt !== before.startedAt;
    });
    expect(await find("redis")).toContain(replica);
  });

  test.each([
    { title: "ignore SIGTERM", env: { DEAF: "true", WORK_MS: "1500" } },
    { title: "have less time than a message needs", env: { WORK_MS: "4000" } },
  ])("workers that $title are cut in a message, and the count shows it", async ({ env }) => {
    setAll({ VERSION: "rude", ...env }, { stopSeconds: 1 });
    // Longer than the update. They work in step, and with shorter messages all of them might be between two when they end.
    workspace().configure((settings) => {
      setEnv(settings, "redis", { WORK_MS: "90000" });
    });
    await workspace().deploy();
    setAll({ VERSION: "next", DEAF: undefined, WORK_MS: undefined }, { stopSeconds: 20 });
    const counts = await whileSending(
      workspace(),
      "workers that are cut, blue-green",
      () => workspace().deploy(),
      { mayRepeat: (twice) => twice > 0, because: "must do messages twice" },
    );
    for (const { lost, twice } of Object.values(counts)) {
      expect(lost).toBe(0);
      expect(twice).toBeGreaterThan(0);
    }
  });
});
