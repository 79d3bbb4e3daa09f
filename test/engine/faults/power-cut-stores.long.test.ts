import { beforeAll, expect, test } from "vitest";
import {
  askFrom,
  countMissing,
  dialects,
  startWriters,
  type TriedEngine,
} from "../datastore/support/writers";
import { provide } from "../sealed/containers";
import { docker, succeeds, until } from "../support/engine";
import { record } from "../support/rows";
import { demoPool, type StackSettings } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import type { StoreOutputs } from "../support/workspace";
import { expectUnchanged } from "./support/outage";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";

const engines = ["redis", "postgres", "mongodb", "kafka"] as const satisfies TriedEngine[];
/** Of these, what would lose writes can be set. */
const careless = ["redis", "postgres", "kafka"] as const satisfies TriedEngine[];
/** With it, a message is on the disk before it is acknowledged. */
const flush = { "flush.messages": "1" };

describeFaults("the power is cut under writes", () => {
  beforeAll(() => provide(...images));
  const images = engines.map((engine) => dialects[engine].image);
  const machine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4", ...images] });
  const workspace = useDeployment({
    ...{ name: "power", address: ownAddress },
    pools: {
      api: demoPool({ stores: Object.fromEntries(engines.map((name) => [name.toUpperCase(), name])) }),
    },
    settings: {
      datastores: {
        redis: { engine: "redis" },
        postgres: { engine: "postgres" },
        mongodb: { engine: "mongodb", startSeconds: 300 },
        kafka: { engine: "kafka", kafka: { topics: { entries: { partitions: 3, settings: flush } } } },
      },
    },
  });

  test("and no datastore has lost what it acknowledged", async () => {
    for (const { name, missing, written, seconds } of await cutUnderWrites(engines)) {
      const operation = `${name}: power cut (writes, lost)`;
      record({ operation, requests: written, failed: missing, seconds, held: missing === 0 });
      expect.soft(missing, name).toBe(0);
    }
    await expectUnchanged(workspace());
  });

  // Otherwise the test above would prove nothing.
  test("and datastores that do not wait for the disk have", async () => {
    workspace().configure((settings) => {
      const { redis, kafka } = storesOf(settings);
      Object.assign(redis, { redis: { sync: "everysec" } });
      Object.assign(kafka, { kafka: { topics: { entries: { partitions: 3 } } } });
    });
    await workspace().deploy();
    const [server = ""] = (await findStore("postgres")).containers;
    // With fsync off there would be no database afterwards.
    const administer = ["synchronous_commit = off", "wal_writer_delay = 10000"]
      .map((setting) => `-c "ALTER SYSTEM SET ${setting}"`)
      .join(" ");
    await docker(
      "exec",
      server,
      "sh",
      "-c",
      `psql -q -U owner -d app ${administer} -c "SELECT pg_reload_conf()"`,
    );
    for (const { name, missing, written, seconds } of await cutUnderWrites(careless)) {
      const operation = `${name}, which does not wait for the disk: power cut (writes, lost)`;
      const held = missing > 0;
      record({ operation, requests: written, failed: missing, seconds, exception: "must lose writes", held });
      expect.soft(missing, name).toBeGreaterThan(0);
    }
  });

  function storesOf(settings: StackSettings): Record<TriedEngine, Record<string, unknown>> {
    return settings.datastores as Record<TriedEngine, Record<string, unknown>>;
  }

  async function findStore(name: TriedEngine): Promise<StoreOutputs> {
    const { [name]: store } = (await workspace().outputs()).stores ?? {};
    if (store === undefined) throw new Error(`The program exports no datastore "${name}".`);
    return store;
  }

  /** Cuts the power while each is written to; gives what of the acknowledged writes is missing, and the seconds until each answers. */
  async function cutUnderWrites(names: readonly TriedEngine[]) {
    const tried = await Promise.all(
      names.map(async (name) => {
        const [store, dialect] = [await findStore(name), dialects[name]];
        await docker("exec", store.containers[0] ?? "", "sh", "-c", dialect.prepare);
        return { name, store, dialect, writers: startWriters(dialect, store) };
      }),
    );
    await Promise.all(tried.map(({ writers }) => writers.waitFor(200)));
    await machine().cutPower();
    const written = await Promise.all(tried.map(({ writers }) => writers.ended()));
    await machine().boot();
    const bootedAt = performance.now();
    return Promise.all(
      tried.map(async ({ name, store, dialect }, index) => {
        const ask = () => askFrom(store.network, dialect.image, store.url, dialect.ask);
        const isBack = await succeeds(until(`${name} answers`, async () => (await ask()).code === 0, 180));
        const seconds = (performance.now() - bootedAt) / 1000;
        const { acknowledged } = written[index] ?? { acknowledged: new Set<string>() };
        // One that does not come back has lost all.
        const missing = isBack ? await countMissing(dialect, store, acknowledged) : acknowledged.size;
        return { name, missing, written: acknowledged.size, seconds };
      }),
    );
  }
});
