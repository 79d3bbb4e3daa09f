import { describe, expect, test } from "vitest";
import type { ScrapeTarget } from "../../../components";
import { docker, findRunning, readState, until, watchEvents } from "../support/engine";
import { record } from "../support/rows";
import { type Figures, scrape, sumFigures } from "../support/scrape";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { contents, runInside } from "./support/backups";
import { clientSettings } from "./support/kafka";

const entries = 1000;

describe("figures of kafka", () => {
  const describeStore = (metrics: boolean): object => ({
    ...{ engine: "kafka", metrics, limits: { memoryMiB: 1000 } },
    kafka: { topics: { entries: { partitions: 3 } } },
  });
  const workspace = useDeployment({
    name: "figures-kafka",
    pools: { api: demoPool({ stores: { KAFKA_URL: "main" } }) },
    settings: { datastores: { main: describeStore(true) } },
  });

  async function findTargets(): Promise<ScrapeTarget[]> {
    return (await workspace().outputs()).stores?.main?.targets ?? [];
  }

  async function look(): Promise<Figures> {
    const [target] = await findTargets();
    if (target === undefined) throw new Error("The datastore has no target.");
    return scrape(target);
  }

  async function readPassword(): Promise<string> {
    const [exporter = ""] = await findRunning(workspace().label, "flotilla.role=store-exporter");
    return docker("exec", exporter, "cat", "/etc/flotilla/monitoring-password");
  }

  test("tell what is written, what is kept, and what a group has not read", async () => {
    const idle = await look();
    expect(sumFigures(idle, "kafka_up")).toBe(1);
    expect(sumFigures(idle, "kafka_topic_partitions", 'topic="entries"')).toBe(3);
    await runInside(workspace(), "main", contents.kafka.write, entries);
    const group = `${clientSettings}/opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server "$servers" --topic entries --command-config /tmp/client.properties --group readers --from-beginning --max-messages 400 --timeout-ms 20000 2>/dev/null | wc -l`;
    const read = Number(await runInside(workspace(), "main", group, entries));
    const figures = await look();
    const own = 'topic="entries"';
    const written = sumFigures(figures, "kafka_topic_partition_current_offset", own);
    const lag = sumFigures(figures, "kafka_consumergroup_lag", 'consumergroup="readers"');
    const held = written === entries && lag === entries - read;
    record({
      ...{ operation: "kafka: figures of messages written and not read (messages, wrong)", seconds: 0, held },
      ...{ requests: entries, failed: Math.abs(entries - written) },
      note: `${read} read by a group, ${lag} to go`,
    });
    expect(sumFigures(idle, "kafka_topic_partition_current_offset", own)).toBe(0);
    expect({ written, read, lag }).toEqual({ written: entries, read: 400, lag: 600 });
    expect(sumFigures(figures, "kafka_topic_partition_size_bytes", own)).toBeGreaterThan(10_000);
    expect(sumFigures(figures, "kafka_topic_partition_under_replicated_partition", own)).toBe(0);
  });

  test("are all that their user may see, and its password is nowhere to be read", async () => {
    const password = await readPassword();
    const url = (await workspace().outputs()).stores?.main?.url.replace(
      /\/\/.*@/,
      `//monitoring:${password}@`,
    );
    const { kafka } = contents;
    const as = (command: string): string => `URL='${url ?? ""}'\n${command}`;
    const read = await runInside(workspace(), "main", as(kafka.read), entries);
    await runInside(workspace(), "main", `${as(kafka.write)} || true`, 5);
    expect(read).toBe("");
    expect(sumFigures(await look(), "kafka_topic_partition_current_offset", 'topic="entries"')).toBe(entries);
    const run = await workspace().deploy();
    expect(run.changes, run.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    const containers = await findRunning(workspace().label, "flotilla.store=main");
    const seen = [run.text, await workspace().exportState(), await docker("inspect", ...containers)].join(
      "\n",
    );
    expect(seen).not.toContain(password);
  });

  test("say that a broker is down, and go when they are switched off", async () => {
    const [broker = ""] = (await workspace().outputs()).stores?.main?.containers ?? [];
    await docker("pause", broker);
    try {
      expect(sumFigures(await look(), "kafka_up")).toBe(0);
      // So that the update finds a server that the engine still takes for ill.
      const isIll = async (): Promise<boolean> => (await readState(broker)).health === "unhealthy";
      await until("the engine takes it for ill", isIll, 120);
    } finally {
      await docker("unpause", broker);
    }
    workspace().configure((settings) => {
      settings.datastores = { main: describeStore(false) };
    });
    const stopWatching = await watchEvents(workspace().label);
    await workspace().deploy();
    expect(await findTargets()).toEqual([]);
    const ends = (await stopWatching()).filter(
      ({ action, role }) => action === "die" && role === "store-exporter",
    );
    // 137 is how one ends that has to be killed, a minute later.
    expect(ends.map(({ exitCode }) => exitCode)).toEqual(["0"]);
    const [same = ""] = (await workspace().outputs()).stores?.main?.containers ?? [];
    expect(same).toBe(broker);
  });
});
