import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { Datastore, type DatastoreArgs, DatastoreEngine } from "../../../components";
import { derivePassword } from "../../../components/datastore/recipe";
import { answerWithoutVolume, fakeDocker, resetDocker } from "../../support/fake-docker";
import { record, type Recording } from "../../support/recorder";
import { inputOf, isSecret, reveal } from "../../support/service";
import { filesOf } from "../../support/stores";

const passwords = { version: 1, current: "hunter2", administrator: "swordfish" };
const monitoring = derivePassword(passwords, "monitoring");
const printed = { "cache-passwords": JSON.stringify(passwords) };

afterEach(resetDocker);

function recordStore(args: DatastoreArgs): Promise<Recording> {
  fakeDocker.answer = answerWithoutVolume;
  return record(() => new Datastore("cache", args), { printed });
}

const redis = { engine: DatastoreEngine.Redis };
const postgres = { engine: DatastoreEngine.Postgres };
const mongodb = { engine: DatastoreEngine.Mongodb };

describe.each([
  [redis, 9121, 64],
  [postgres, 9187, 64],
  [mongodb, 9216, 256],
] as const)("figures of $engine", (args, port, memory) => {
  test("come from an exporter on a network that does not reach the server", async () => {
    const recording = await recordStore({ ...args, metrics: true });
    const { inputs, dependsOn } = recording.find("cache-exporter");
    expect(inputs.networksAdvanced).toEqual([
      { name: "cache-network-abc1234", aliases: ["cache-exporter"] },
      { name: "cache-metrics-network-abc1234", aliases: ["cache-exporter"] },
    ]);
    expect(JSON.stringify(recording.find("cache-server").inputs)).not.toContain("cache-metrics");
    expect(inputs).not.toHaveProperty("ports");
    expect(dependsOn).toContain("cache-ready");
  });

  test("hold up nothing: the datastore is ready without them", async () => {
    const recording = await recordStore({ ...args, metrics: true });
    expect(recording.find("cache-ready").dependsOn).not.toContain("cache-exporter");
    expect(JSON.stringify(inputOf(recording.find("cache-ready")))).not.toContain("exporter");
  });

  test("come with an address for Prometheus, which is no secret", async () => {
    const { outputs } = (await recordStore({ ...args, metrics: true })).find("cache");
    expect(outputs.targets).toEqual([
      {
        job: args.engine,
        address: `cache-exporter:${port}`,
        path: "/metrics",
        network: "cache-metrics-network-abc1234",
        labels: { store: "cache", engine: args.engine, server: "cache-1" },
      },
    ]);
  });

  test("are not there unless they are asked for", async () => {
    const recording = await recordStore(args);
    expect(recording.find("cache").outputs.targets).toEqual([]);
    expect(recording.resources.filter(({ name }) => /exporter|metrics/.test(name))).toEqual([]);
    expect(JSON.stringify(recording.resources)).not.toContain("user monitoring");
  });

  test("have a password that is a file, encrypted in the state", async () => {
    const { inputs } = (await recordStore({ ...args, metrics: true })).find("cache-exporter");
    expect(isSecret(inputs.uploads)).toBe(true);
    expect(JSON.stringify(reveal(inputs.uploads))).toContain(monitoring);
    expect(JSON.stringify({ ...inputs, uploads: "" })).not.toContain(monitoring);
  });

  test("cost little, whatever the server may use", async () => {
    const own = { limits: { memoryMiB: 1024 }, reservations: { cpus: 2, memoryMiB: 512 } };
    const { inputs } = (await recordStore({ ...args, ...own, metrics: true })).find("cache-exporter");
    expect(inputs).toMatchObject({ cpus: "0.25", memory, memorySwap: memory });
    expect(inputs).not.toHaveProperty("memoryReservation");
    const changed = await recordStore({ ...args, metrics: true, exporter: { limits: { memoryMiB: 32 } } });
    expect(changed.find("cache-exporter").inputs).toMatchObject({ memory: 32 });
  });
});

test("the image of an exporter is a choice", async () => {
  const recording = await recordStore({ ...redis, metrics: true, exporter: { image: "mine:1" } });
  expect(recording.find("cache-exporter-image").inputs.triggers).toContain("mine:1");
});

test("Redis lets its exporter see figures, and no key, entry of the slow log or setting", async () => {
  const recording = await recordStore({ ...redis, metrics: true });
  const hash = createHash("sha256").update(monitoring).digest("hex");
  expect(filesOf(recording, "cache-server")["/etc/flotilla/users.acl"]).toContain(
    `\nuser monitoring on #${hash} -@all +info +slowlog|len +latency|latest +latency|histogram +client|setname +command|info\n`,
  );
  expect(filesOf(recording, "cache-exporter")).toEqual({
    "/etc/flotilla/passwords.json": JSON.stringify({ "redis://monitoring@cache-1:6379": monitoring }),
  });
  expect(recording.find("cache-exporter").inputs).not.toHaveProperty("healthcheck");
});

test("PostgreSQL has a user for figures, which cannot log in when they are switched off", async () => {
  const recording = await recordStore({ ...postgres, metrics: true });
  const { configure } = inputOf(recording.find("cache-ready"));
  expect(configure).toContain("ALTER ROLE monitoring LOGIN PASSWORD 'SCRAM-SHA-256$");
  expect(configure).toContain("ALTER ROLE monitoring CONNECTION LIMIT 5;");
  expect(configure).not.toContain(monitoring);
  expect(configure).toContain("GRANT pg_monitor TO monitoring;");
  expect(inputOf((await recordStore(postgres)).find("cache-ready")).configure).toContain(
    "'ALTER ROLE monitoring NOLOGIN' WHERE EXISTS",
  );
});

test("each server of a Redis with a replica has an exporter", async () => {
  const recording = await recordStore({ ...redis, redis: { servers: 2 }, metrics: true });
  const { targets } = recording.find("cache").outputs as { targets: { address: string }[] };
  expect(targets.map(({ address }) => address)).toEqual(["cache-exporter:9121", "cache-exporter-2:9121"]);
  expect(recording.find("cache-exporter-2").inputs.envs).toContain("REDIS_ADDR=redis://cache-2:6379");
});
