import { describe, expect, test } from "vitest";
import { demoPool, type StackSettings } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { followWrites } from "./support/acknowledged";
import { describeTopic, type Topic } from "./support/kafka";
import { dialects } from "./support/writers";

describe("the topics of kafka", () => {
  const workspace = useDeployment({
    name: "topics",
    pools: { api: demoPool({ stores: { KAFKA_URL: "main" } }) },
    settings: {
      datastores: { main: describeStore({ entries: { partitions: 2, retentionHours: 24 }, audit: {} }) },
    },
  });
  const writes = followWrites(workspace, dialects.kafka);

  function describeStore(topics: Record<string, unknown>): Record<string, unknown> {
    return { engine: "kafka", limits: { memoryMiB: 1000 }, kafka: { topics } };
  }

  function declare(topics: Record<string, unknown>): void {
    workspace().configure((settings: StackSettings) => {
      settings.datastores = { main: describeStore(topics) };
    });
  }

  async function find(name: string): Promise<Topic> {
    const [broker = ""] = (await writes.find()).containers;
    return describeTopic(broker, name);
  }

  test("are created as declared, and a second run changes nothing", async () => {
    const { partitions, settings } = await find("entries");
    expect(partitions).toHaveLength(2);
    expect(settings).toContain("retention.ms=86400000");
    expect((await find("audit")).partitions).toHaveLength(1);
    const again = await workspace().deploy();
    expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  });

  test("grow and change while they are written to, without another container", async () => {
    const before = await writes.find();
    declare({
      entries: { partitions: 4, settings: { "segment.bytes": "10485760" } },
      audit: {},
      customers: { compact: true },
    });
    expect(await writes.underWrites("kafka: a topic grows", () => workspace().deploy())).toBe(0);
    expect((await writes.find()).containers).toEqual(before.containers);
    const { partitions, settings } = await find("entries");
    expect(partitions).toHaveLength(4);
    expect(settings).toContain("retention.ms=604800000");
    expect(settings).toContain("segment.bytes=10485760");
    expect((await find("customers")).settings).toContain("cleanup.policy=compact");
  });

  test("take back settings that are not declared any more", async () => {
    declare({ entries: { partitions: 4 }, audit: {}, customers: { compact: true } });
    await workspace().deploy();
    expect((await find("entries")).settings).not.toContain("segment.bytes");
  });

  test("never shrink", async () => {
    declare({ entries: { partitions: 3 }, audit: {}, customers: { compact: true } });
    for (const run of [await workspace().preview(), await workspace().up()]) {
      expect(run.ok).toBe(false);
      expect(run.text).toContain(
        'Datastore "main": kafka.topics.entries.partitions must be at least 4, which the topic has, got 3.',
      );
    }
    expect((await find("entries")).partitions).toHaveLength(4);
  });

  test("stay with their messages when they are not declared any more, and the run says so", async () => {
    declare({ audit: {}, customers: { compact: true } });
    const preview = await workspace().preview();
    expect(preview.text).toContain('Datastore "main": The topic entries is not declared; it stays');
    const run = await workspace().deploy();
    expect(run.text).toContain('Datastore "main": The topic entries is not declared; it stays');
    expect(await writes.countMissing()).toBe(0);
  });
});
