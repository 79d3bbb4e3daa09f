import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import {
  Datastore,
  type DatastoreArgs,
  DatastoreEngine,
  LoadBalancedService,
  RedisEviction,
  RedisSync,
} from "../../components";
import { nextPasswords } from "../../deploy/store";
import { passGuard } from "../../components/datastore/guard";
import { checkVolume } from "../../components/datastore/volume";
import { answerWithoutVolume, connect, fakeDocker, resetDocker } from "../support/fake-docker";
import { record, type Recording } from "../support/recorder";
import { inputOf, isSecret, minimalPool, reveal, taskOf } from "../support/service";
import { filesOf, listFaults, recipeOf } from "../support/stores";

const current = "hunter2-hunter2-hunter2";
const administrator = "swordfish-swordfish";
const printed = { "cache-passwords": JSON.stringify({ version: 1, current, administrator }) };
const redis: DatastoreArgs = { engine: DatastoreEngine.Redis };
const postgres: DatastoreArgs = { engine: DatastoreEngine.Postgres };

afterEach(resetDocker);

function recordStore(args: DatastoreArgs, preview = false, secrets = printed): Promise<Recording> {
  fakeDocker.answer = answerWithoutVolume;
  return record(() => new Datastore("cache", args), { preview, printed: secrets });
}

function answerLabels(labels: Record<string, string> | null): void {
  fakeDocker.answer = () => ({ code: 0, stdout: `${JSON.stringify(labels)}\n`, stderr: "" });
}

function hash(text: string): string {
  return `#${createHash("sha256").update(text).digest("hex")}`;
}

describe("a datastore", () => {
  test("is made of these resources, all its own children", async () => {
    const { resources } = await recordStore(redis);
    expect(resources.map(({ name, type }) => `${type.split(":").at(-1) ?? ""} ${name}`).sort()).toEqual([
      "Command cache-image",
      "Command cache-networks",
      "Command cache-passwords",
      "Command cache-ready",
      "Container cache-server",
      "Datastore cache",
      "Network cache-network",
      "Volume cache-data",
    ]);
    expect(resources.filter(({ parent }) => parent === "cache")).toHaveLength(7);
  });

  test("publishes nothing, and is reached by its name on a network of its own", async () => {
    const { inputs, deleteBeforeReplace } = (await recordStore(redis)).find("cache-server");
    expect(inputs).not.toHaveProperty("ports");
    expect(inputs.networksAdvanced).toEqual([
      { name: "cache-network-abc1234", aliases: ["cache", "cache-1"] },
    ]);
    expect(deleteBeforeReplace).toBe(true);
  });

  test("has its images from the mirror, with its credentials", async () => {
    const credentials = [{ address: "mirror.example.com", username: "ci", password: "hunter2" }];
    const registry = { mirror: "mirror.example.com/hub", credentials };
    const args = { ...redis, backup: {}, metrics: true, registry };
    fakeDocker.answer = () => ({ code: 1, stdout: "", stderr: "no such thing" });
    const { resources } = await record(() => new Datastore("cache", args), { printed });
    const images = resources.filter(({ name }) => name.endsWith("-image"));
    const references = images.map((image) =>
      String(taskOf(image).reference).replace(/exporter:.*/, "exporter"),
    );
    expect(references.sort()).toEqual([
      "mirror.example.com/hub/library/node:24-slim",
      "mirror.example.com/hub/library/redis:8.2",
      "mirror.example.com/hub/oliver006/redis_exporter",
    ]);
    for (const { inputs } of images) expect(isSecret(inputs.environment)).toBe(true);
  });

  test("keeps its data in a volume with a fixed name", async () => {
    const volume = (await recordStore(redis)).find("cache-data");
    expect(volume.inputs.name).toBe("flotilla-test-cache");
    expect((await recordStore({ ...redis, volume: "shop" })).find("cache-data").inputs.name).toBe("shop");
  });

  test("does not take a volume that another engine has written", async () => {
    answerLabels({ "flotilla.engine": "redis", "flotilla.servers": "1" });
    const check = (engine: DatastoreEngine, count?: number): Promise<string> =>
      checkVolume("cache", "flotilla-test-cache", { engine, count }, connect());
    await expect(check(DatastoreEngine.Postgres)).rejects.toThrow(
      'Datastore "cache": engine must stay redis, got "postgres". The volume flotilla-test-cache holds its data.',
    );
    await expect(check(DatastoreEngine.Redis, 3)).rejects.toThrow(
      'Datastore "cache": the number of servers must stay 1, got "3".',
    );
    await expect(check(DatastoreEngine.Redis)).resolves.toBe("flotilla-test-cache");
    await expect(check(DatastoreEngine.Redis, 1)).resolves.toBe("flotilla-test-cache");
    answerLabels(null);
    await expect(check(DatastoreEngine.Redis, 3)).resolves.toBe("flotilla-test-cache");
  });

  test("gives its passwords away nowhere but encrypted", async () => {
    for (const args of [redis, postgres]) {
      const recording = await recordStore(args);
      const { inputs } = recording.find("cache-server");
      expect(isSecret(inputs.uploads)).toBe(true);
      expect(JSON.stringify({ ...inputs, uploads: "" })).not.toMatch(/hunter2|swordfish/);
      expect(isSecret(recording.find("cache-ready").inputs.stdin)).toBe(true);
    }
  });

  test("tells its address as a secret", async () => {
    const { outputs } =
      (await recordStore(redis)).resources.find(({ type }) => type.endsWith(":Datastore")) ?? {};
    expect(isSecret(outputs?.url)).toBe(true);
    expect(reveal(outputs?.url)).toBe(`redis://app:${current}@cache:6379/0`);
  });

  test("is connected to the pools that use it", async () => {
    fakeDocker.answer = answerWithoutVolume;
    const recording = await record(
      () => {
        const { connection } = new Datastore("cache", redis);
        return new LoadBalancedService("app", {
          pools: { api: { ...minimalPool, stores: { REDIS_URL: connection } } },
        });
      },
      { printed },
    );
    const { inputs, dependsOn } = recording.find("app-api-1");
    expect(reveal(inputs.envs)).toContain(`REDIS_URL=redis://app:${current}@cache:6379/0`);
    expect(isSecret(inputs.envs)).toBe(true);
    expect(JSON.stringify(inputs.networksAdvanced)).toContain("cache-network-abc1234");
    expect(dependsOn).toContain("cache-ready");
  });
});

describe("Redis", () => {
  test("has every change on the disk, and users whose passwords are hashes", async () => {
    const files = filesOf(await recordStore(redis), "cache-server");
    expect(files["/etc/flotilla/redis.conf"]).toContain("appendonly yes\nappendfsync always\n");
    expect(files["/etc/flotilla/redis.conf"]).toContain("maxmemory-policy noeviction\n");
    expect(files["/etc/flotilla/redis.conf"]).not.toContain("maxmemory ");
    expect(files["/etc/flotilla/users.acl"]).toBe(
      [
        "user default off",
        `user administrator on ${hash(administrator)} ~* &* +@all`,
        `user health on ${hash("health")} -@all +ping +role`,
        "",
      ].join("\n"),
    );
  });

  test("keeps its container when the application's password changes", async () => {
    const { inputs } = (await recordStore(redis)).find("cache-server");
    const next = nextPasswords({ version: 1, current, administrator }, 2, "another-password");
    const later = await recordStore(redis, false, { "cache-passwords": JSON.stringify(next) });
    expect(later.find("cache-server").inputs).toEqual(inputs);
    const { configure } = inputOf(later.find("cache-ready"));
    expect(configure).toContain(`hashes='${hash("another-password")} ${hash(current)}'`);
    expect(configure).not.toContain(current);
  });

  test("has the limits that are set", async () => {
    const settings = { sync: RedisSync.EverySecond, eviction: RedisEviction.LeastRecentlyUsed };
    const files = filesOf(
      await recordStore({ ...redis, redis: settings, limits: { memoryMiB: 100 } }),
      "cache-server",
    );
    expect(files["/etc/flotilla/redis.conf"]).toContain("appendfsync everysec\n");
    expect(files["/etc/flotilla/redis.conf"]).toContain("maxmemory 75mb\nmaxmemory-policy allkeys-lru\n");
  });
});

describe("Redis with a replica", () => {
  const replicated: DatastoreArgs = { ...redis, redis: { servers: 2 } };

  test("is made of these containers, the second server after the first", async () => {
    const recording = await recordStore(replicated);
    const containers = recording.resources.filter(({ type }) => type.endsWith(":Container"));
    expect(containers.map(({ name }) => name).sort()).toEqual([
      "cache-proxy",
      "cache-sentinel-1",
      "cache-sentinel-2",
      "cache-sentinel-3",
      "cache-server",
      "cache-server-2",
    ]);
    expect(recording.find("cache-server-2").dependsOn).toContain("cache-server-ready");
    expect(recording.find("cache-server-2-data").inputs.name).toBe("flotilla-test-cache-server-2");
    expect(recording.find("cache-proxy").dependsOn).toContain("cache-server-2");
    const aliasesOf = (name: string): unknown =>
      (recording.find(name).inputs.networksAdvanced as { aliases: string[] }[])[0]?.aliases;
    expect(aliasesOf("cache-server")).toEqual(["cache-1"]);
    expect(aliasesOf("cache-proxy")).toEqual(["cache"]);
  });

  test("hands over before a server is removed, and knows its passwords only encrypted", async () => {
    const recording = await recordStore(replicated);
    for (const name of ["cache-server-ready", "cache-server-2-ready"]) {
      const { inputs } = recording.find(name);
      expect(inputs.delete).toContain("leaveStore");
      expect(isSecret(inputs.stdin)).toBe(true);
    }
    expect(JSON.stringify(recording.find("cache-server").inputs.command)).not.toMatch(/hunter2|swordfish/);
  });

  test("has an address for reading", async () => {
    const { outputs } =
      (await recordStore(replicated)).resources.find(({ type }) => type.endsWith(":Datastore")) ?? {};
    expect(reveal(outputs?.url)).toBe(`redis://app:${current}@cache:6379/0`);
    expect(JSON.stringify(reveal(outputs?.connections))).toContain(`redis://app:${current}@cache:6380/0`);
  });

  test("does not lose its replica while that one leads", async () => {
    const answers = (role: string) => (args: string[]) => {
      if (args[0] === "ps") return { code: 0, stdout: "abc\n", stderr: "" };
      return { code: 0, stdout: `${role}\n`, stderr: "" };
    };
    const { guard } = recipeOf("cache", redis);
    if (guard === undefined) throw new Error("A Redis without replica has no guard.");
    fakeDocker.answer = answers("slave");
    await expect(passGuard("cache", guard, connect())).rejects.toThrow(
      'Datastore "cache": redis.servers must stay 2, got 1.',
    );
    fakeDocker.answer = answers("master");
    await expect(passGuard("cache", guard, connect())).resolves.toBeUndefined();
  });
});

describe("PostgreSQL", () => {
  test("has its owner's password in a file, and another user for the application", async () => {
    const recording = await recordStore(postgres);
    expect(filesOf(recording, "cache-server")).toEqual({ "/etc/flotilla/owner-password": administrator });
    expect(recording.find("cache-server").inputs.envs).toContain(
      "POSTGRES_PASSWORD_FILE=/etc/flotilla/owner-password",
    );
    const { configure } = inputOf(recording.find("cache-ready"));
    expect(configure).toContain("ALTER ROLE app_v1 LOGIN PASSWORD 'SCRAM-SHA-256$");
    expect(configure).not.toContain("SUPERUSER");
  });
});

describe("passwords", () => {
  test("are made once", () => {
    const first = nextPasswords(undefined, 1, "");
    expect(first.current).toMatch(/^[\w-]{32}$/);
    expect(first.administrator).not.toBe(first.current);
    expect(nextPasswords(first, 1, "")).toEqual(first);
  });

  test("change with their number, and the one before stays", () => {
    const first = nextPasswords(undefined, 1, "");
    const second = nextPasswords(first, 2, "");
    expect(second.current).not.toBe(first.current);
    expect(second).toEqual({ ...first, version: 2, current: second.current, previous: first.current });
    expect(nextPasswords(second, 3, "").previous).toBe(second.current);
  });

  test("are the user's own where they are set", () => {
    const first = nextPasswords(undefined, 1, "mine");
    expect(first.current).toBe("mine");
    expect(nextPasswords(first, 1, "mine")).toEqual(first);
    expect(nextPasswords(first, 1, "other")).toMatchObject({ current: "other", previous: "mine" });
  });
});

// prettier-ignore
const cases: [string, string, unknown, string][] = [
  ["a name that is no host's", "My_Store", redis, 'name must be a name of at most 31 lower-case letters, digits and hyphens that starts with a letter, got "My_Store". The name becomes a host name.'],
  ["an engine that is not there", "cache", { engine: "mysql" }, 'engine must be what keeps the data, got "mysql". Set redis or postgres or mongodb or kafka.'],
  ["settings of another engine", "cache", { ...redis, postgres: {} }, "postgres must be left out where engine is redis, got an object. Remove it, or change the engine."],
  ["a short password", "cache", { ...redis, password: "hunter2" }, "password must be a password of at least 16 letters, digits, hyphens, dots, underscores and tildes, got (hidden)."],
  ["another image of what measures MongoDB", "main", { engine: "mongodb", metrics: true, exporter: { image: "mine:1" } }, "exporter.image must be left out where engine is mongodb, got \"mine:1\". Remove it: the shell in the datastore's own image gives the figures."],
  ["an exporter without figures", "cache", { ...redis, exporter: {} }, "exporter must be left out where metrics is not true, got an empty object. Set metrics to true, or remove it."],
  ["a name of before for two servers of Redis", "cache", { ...redis, redis: { replica: true } }, 'redis.replica must be left out, got true. Set servers instead: 2 for a second server.'],
  ["one for two of PostgreSQL", "main", { ...postgres, postgres: { readReplica: true } }, 'postgres.readReplica must be left out, got true. Set servers instead: 2 for a second server.'],
  ["one for three of MongoDB", "main", { engine: "mongodb", mongodb: { members: 3 } }, 'mongodb.members must be left out, got 3. Set servers instead.'],
  ["one for three of Kafka", "main", { engine: "kafka", kafka: { brokers: 3 } }, 'kafka.brokers must be left out, got 3. Set servers instead.'],
  ["a misspelt key", "cache", { ...redis, pasword: "x" }, 'args must have only known keys, got "pasword". Did you mean password?'],
];

test.each(cases)("%s is refused", (_, name, args, message) => {
  expect(listFaults(name, args)).toEqual([message]);
});
