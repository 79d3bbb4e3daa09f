import { describe, expect, test } from "vitest";
import { docker, readState, until, watchEvents } from "../support/engine";
import { demoPool, type StackSettings } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { followWrites, killServer } from "./support/acknowledged";
import { administrate, describeTopic } from "./support/kafka";
import { dialects } from "./support/writers";

describe("kafka with three brokers", () => {
  const workspace = useDeployment({
    name: "brokers",
    pools: { api: demoPool({ stores: { KAFKA_URL: "main" } }) },
    settings: { datastores: { main: describeStore(900) } },
  });
  const writes = followWrites(workspace, dialects.kafka);

  function describeStore(memoryMiB: number): Record<string, unknown> {
    return {
      engine: "kafka",
      limits: { memoryMiB },
      kafka: { servers: 3, topics: { entries: { partitions: 3 } } },
    };
  }

  async function findBrokers(): Promise<string[]> {
    const { containers } = await writes.find();
    expect(containers).toHaveLength(3);
    return containers;
  }

  async function allHealthy(): Promise<boolean> {
    const states = await Promise.all((await findBrokers()).map(readState));
    return states.every(({ health }) => health === "healthy");
  }

  /** Does something to the broker that leads a partition, or to one that does not, while writers write. */
  async function kill(operation: string, isLeader: boolean): Promise<void> {
    const brokers = await findBrokers();
    const [{ leader } = { leader: 0 }] = (await describeTopic(brokers[0] ?? "", "entries")).partitions;
    const broker = brokers[isLeader ? leader - 1 : leader % 3] ?? "";
    expect(await writes.underWrites(`kafka, 3 brokers: ${operation}`, () => killServer(broker))).toBe(0);
    await until("all are in sync", allHealthy, 120);
  }

  test("each has every message, and a write is acknowledged by two at least", async () => {
    const [broker = ""] = await findBrokers();
    const topic = await describeTopic(broker, "entries");
    expect(topic.partitions).toHaveLength(3);
    expect(topic.partitions.map(({ replicas }) => replicas.toSorted())).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(topic.settings).toContain("min.insync.replicas=2");
  });

  test("loses no acknowledged write when a broker is killed", async () => {
    await kill("kill -9 of a broker that does not lead the first partition", false);
  });

  test("loses no acknowledged write when the leader is killed", async () => {
    await kill("kill -9 of the leader", true);
  });

  test("loses no acknowledged write when the leader of the cluster is killed", async () => {
    const brokers = await findBrokers();
    const status = await administrate(brokers[0] ?? "", "metadata-quorum", "describe", "--status");
    const [, leader = "0"] = /LeaderId:\s+(\d)/.exec(status) ?? [];
    expect(
      await writes.underWrites("kafka, 3 brokers: kill -9 of the cluster's leader", () =>
        killServer(brokers[Number(leader) - 1] ?? ""),
      ),
    ).toBe(0);
    await until("all are in sync", allHealthy, 120);
  });

  test("replaces one broker after another, each when the one before is in sync", async () => {
    const before = await findBrokers();
    const stop = await watchEvents(workspace().label);
    const lost = await writes.underWrites("kafka, 3 brokers: all are replaced", async () => {
      workspace().configure((settings: StackSettings) => {
        settings.datastores = { main: describeStore(950) };
      });
      await workspace().deploy();
    });
    const events = (await stop()).filter(({ role }) => role === "store");
    expect(lost).toBe(0);
    expect((await findBrokers()).filter((broker) => before.includes(broker))).toEqual([]);
    const order = events.map(({ action }) => action).filter((action) => ["die", "start"].includes(action));
    expect(order).toEqual(["die", "start", "die", "start", "die", "start"]);
  });

  test("does not become another number of brokers", async () => {
    workspace().configure((settings: StackSettings) => {
      settings.datastores = { main: { ...describeStore(950), kafka: { servers: 1 } } };
    });
    for (const run of [await workspace().preview(), await workspace().up()]) {
      expect(run.ok).toBe(false);
      expect(run.text).toContain('Datastore "main": the number of servers must stay 3, got "1".');
    }
    workspace().configure((settings: StackSettings) => {
      settings.datastores = { main: describeStore(950) };
    });
    expect(await docker("inspect", "--format={{.State.Status}}", ...(await findBrokers()))).toBe(
      "running\nrunning\nrunning",
    );
  });

  test("finds its data again after the stack was removed", async () => {
    const { volumes } = await writes.find();
    const destroyed = await workspace().destroy();
    expect(destroyed.ok, destroyed.text).toBe(true);
    await workspace().deploy();
    expect((await writes.find()).volumes).toEqual(volumes);
    expect(
      await writes.underWrites("kafka, 3 brokers: removed and deployed again, by the count", () =>
        Promise.resolve(),
      ),
    ).toBe(0);
  });
});
