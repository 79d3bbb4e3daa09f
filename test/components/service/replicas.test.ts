import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type PoolArgs, Strategy } from "../../../components";
import { describeImage, fakeDocker, localDigest, resetDocker } from "../../support/fake-docker";
import {
  isSecret,
  minimalPool,
  ofType,
  recordPool,
  recordService,
  reveal,
  twoPools,
} from "../../support/service";

const password = "hunter2";

afterEach(() => {
  resetDocker();
  vi.restoreAllMocks();
});

async function recordReplica(pool: Partial<PoolArgs> = {}) {
  return (await recordPool(pool)).find("app-api-1");
}

describe("a replica", () => {
  test("publishes no port and has no fixed name", async () => {
    const { inputs } = await recordReplica();
    expect(inputs).not.toHaveProperty("ports");
    expect(inputs).not.toHaveProperty("name");
    expect(inputs).not.toHaveProperty("hostname");
    expect(inputs.networkMode).toBe("bridge");
  });

  test("is told its number", async () => {
    const recording = await recordPool({ replicas: 3, env: { LOG: "debug" } });
    const envs = ["app-api-1", "app-api-2", "app-api-3"].map((name) => recording.find(name).inputs.envs);
    expect(envs).toEqual([
      ["INSTANCE_ID=api-1", "LOG=debug"],
      ["INSTANCE_ID=api-2", "LOG=debug"],
      ["INSTANCE_ID=api-3", "LOG=debug"],
    ]);
  });

  test("keeps secrets encrypted among its variables", async () => {
    const { inputs } = await recordReplica({ env: { LOG: "debug" }, secrets: { PASSWORD: password } });
    expect(isSecret(inputs.envs)).toBe(true);
    expect(reveal(inputs.envs)).toEqual(["INSTANCE_ID=api-1", "LOG=debug", `PASSWORD=${password}`]);
  });

  test("keeps secret files encrypted", async () => {
    const { inputs } = await recordReplica({ files: { "/a": "open" }, secretFiles: { "/b": password } });
    expect(isSecret(inputs.uploads)).toBe(true);
    expect(reveal(inputs.uploads)).toEqual([
      { file: "/a", content: "open" },
      { file: "/b", content: password },
    ]);
  });

  test("has secrets nowhere but in its variables and files", async () => {
    const pool = { secrets: { A: pulumi.secret(password) }, secretFiles: { "/b": password } };
    const { resources } = await recordPool(pool);
    const open = resources.flatMap(({ name, inputs }) =>
      Object.entries(inputs)
        .filter(([, value]) => !isSecret(value) && JSON.stringify(value).includes(password))
        .map(([key]) => `${name}.${key}`),
    );
    expect(open).toEqual([]);
  });

  test.each<[string, Partial<PoolArgs>, object]>([
    ["runs the content that the image command provides", {}, { image: "app-api-image-stdout" }],
    [
      "has variables in the open when none is a secret",
      { env: { LOG: pulumi.output("debug") } },
      { envs: ["INSTANCE_ID=api-1", "LOG=debug"] },
    ],
    [
      "is given files by their contents",
      { files: { "/etc/app.conf": "listen 3000\n" } },
      { uploads: [{ file: "/etc/app.conf", content: "listen 3000\n" }] },
    ],
    [
      "mounts volumes and folders of the host",
      {
        mounts: [
          { path: "/data", volume: "app-data" },
          { path: "/etc/tls", hostPath: "/srv/tls", readOnly: true },
        ],
      },
      {
        volumes: [
          { containerPath: "/data", readOnly: false, volumeName: "app-data" },
          { containerPath: "/etc/tls", readOnly: true, hostPath: "/srv/tls" },
        ],
      },
    ],
    [
      "runs another command and user where they are set",
      { command: ["node", "/app/server.js"], user: "1000:1000" },
      { command: ["node", "/app/server.js"], user: "1000:1000" },
    ],
    ["comes back after a crash", {}, { init: true, restart: "unless-stopped", mustRun: true }],
    ["has 10 seconds to stop", {}, { destroyGraceSeconds: 10 }],
    ["has as long to stop as its pool says", { stopSeconds: 90 }, { destroyGraceSeconds: 90 }],
    ["has no time to stop where its pool says so", { stopSeconds: 0 }, { destroyGraceSeconds: 0 }],
    [
      "has limits without swap",
      { limits: { cpus: 0.5, memoryMiB: 256 } },
      { cpus: "0.5", memory: 256, memorySwap: 256 },
    ],
    ["has whole processors written as the engine reads them back", { limits: { cpus: 2 } }, { cpus: "2.0" }],
    [
      "has a share of processors, and memory",
      { reservations: { cpus: 0.25, memoryMiB: 64 } },
      { cpuShares: 256, memoryReservation: 64 },
    ],
    ["has a share of a hundredth of a processor", { reservations: { cpus: 0.01 } }, { cpuShares: 10 }],
    ["has shares of more than one processor", { reservations: { cpus: 1.5 } }, { cpuShares: 1536 }],
    [
      "keeps three log files of 10 MiB",
      {},
      { logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "3" } },
    ],
    [
      "keeps as much log as its pool says",
      { logs: { maxSizeMiB: 20, maxFiles: 5 } },
      { logOpts: { "max-size": "20m", "max-file": "5" } },
    ],
    [
      "sends its log where its pool says, by its own name",
      { logs: { driver: "syslog" } },
      { logDriver: "syslog", logOpts: { tag: "api-1", mode: "non-blocking" } },
    ],
  ])("%s", async (_, pool, inputs) => {
    expect((await recordReplica(pool)).inputs).toMatchObject(inputs);
  });

  test("leaves the image's command and user, and has no limit, unless told otherwise", async () => {
    const { inputs } = await recordReplica();
    for (const key of ["command", "user", "uploads", "volumes", "entrypoints"])
      expect(inputs).not.toHaveProperty(key);
    for (const key of ["cpus", "memory", "memorySwap", "cpuShares", "memoryReservation"])
      expect(inputs).not.toHaveProperty(key);
  });

  test("is replaced where its provider would do nothing, and not for the order of its networks", async () => {
    const { replaceOnChanges, ignoreChanges } = await recordReplica();
    expect(replaceOnChanges).toEqual(["healthcheck", "init", "memory", "memorySwap"]);
    expect(ignoreChanges).toEqual(["networkDatas"]);
  });

  test("has no more processors than the engine", async () => {
    vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const { inputs } = await recordReplica({ limits: { cpus: 100.5 } });
    expect(inputs.cpus).toBe("64.0");
    expect(vi.mocked(pulumi.log.warn).mock.calls.map(([message]) => message)).toEqual([
      "pools.api: limits.cpus is 100.5, but the engine has 64 processors; it gets 64.",
    ]);
  });

  test.each(["", "0\n", "unexpected"])(
    "has the limit that is set where the engine says %j",
    async (stdout) => {
      fakeDocker.answer = (args) =>
        args[0] === "info" ? { code: 0, stdout, stderr: "" } : describeImage([`x@${localDigest}`]);
      expect((await recordReplica({ limits: { cpus: 1.5 } })).inputs.cpus).toBe("1.5");
    },
  );

  test("writes durations as the engine reads them back", async () => {
    const healthCheck = { intervalSeconds: 90, timeoutSeconds: 58, startSeconds: 3600, retries: 5 };
    expect((await recordReplica({ healthCheck })).inputs.healthcheck).toMatchObject({
      interval: "1s",
      timeout: "5m56s",
      startPeriod: "1h0m0s",
      startInterval: "0s",
      retries: 5,
    });
  });

  test("is another one as soon as its command is taken away", async () => {
    const own = { label: "flotilla.command", value: "own" };
    expect((await recordReplica({ command: ["node"] })).inputs.labels).toContainEqual(own);
    expect((await recordReplica()).inputs.labels).not.toContainEqual(own);
  });

  test("carries labels by which it is found", async () => {
    expect((await recordReplica()).inputs.labels).toEqual([
      { label: "flotilla.stack", value: "flotilla/test" },
      { label: "flotilla.service", value: "app" },
      { label: "flotilla.role", value: "replica" },
      { label: "flotilla.pool", value: "api" },
      { label: "flotilla.replica", value: "api-1" },
      { label: "flotilla.strategy", value: "blue-green" },
    ]);
  });
});

describe("the networks of a replica", () => {
  const networksOf = (inputs: Record<string, unknown>): string[] =>
    (inputs.networksAdvanced as { name: string }[]).map(({ name }) => name.replace("-abc1234", ""));

  test("are its pool's, those of the internal pools it reaches, and further ones", async () => {
    const recording = await recordService({
      pools: {
        api: { ...minimalPool, networks: ["database"] },
        web: minimalPool,
        store: { image: "redis:8", port: 6379, reachableFrom: ["api"] },
      },
      routes: [{ path: "/api", pool: "api" }, { pool: "web" }],
    });
    expect(networksOf(recording.find("app-api-1").inputs)).toEqual([
      "app-public-network",
      "app-store-network",
      "database",
    ]);
    expect(networksOf(recording.find("app-web-1").inputs)).toEqual(["app-public-network"]);
    expect(networksOf(recording.find("app-store-1").inputs)).toEqual(["app-store-network"]);
  });

  test("have no fixed name", async () => {
    const networks = ofType(await recordService(twoPools), "Network");
    expect(networks.map(({ inputs }) => Object.keys(inputs))).toEqual([["labels"], ["labels"]]);
  });
});

describe("the order", () => {
  test("blue-green keeps the old replicas until the new ones are there", async () => {
    const recording = await recordPool({ replicas: 2 });
    const names = ["app-api-1", "app-api-2", "app-api-members"];
    expect(names.map((name) => recording.find(name).deleteBeforeReplace)).toEqual([false, false, false]);
    expect(recording.find("app-api-2").dependsOn).not.toContain("app-api-1");
    const { dependsOn } = recording.find("app-api-members");
    expect(dependsOn).toEqual(expect.arrayContaining(["app-api-1", "app-api-2"]));
  });

  test("rolling replaces one replica after the other", async () => {
    const recording = await recordPool({ replicas: 3, strategy: Strategy.Rolling });
    const [first, second, third] = [1, 2, 3].map((number) => `app-api-${number}-rolling`);
    const find = (name = "") => recording.find(name);
    const names = [first, `${first}-member`, third, `${third}-member`];
    expect(names.map((name) => find(name).deleteBeforeReplace)).toEqual([true, true, true, true]);
    expect(find(first).dependsOn.filter((name) => name.endsWith("-member"))).toEqual([]);
    expect(find(second).dependsOn).toContain(`${first}-member`);
    expect(find(third).dependsOn).toContain(`${second}-member`);
  });

  test("a rolling pool of one replica is updated blue-green", async () => {
    const recording = await recordPool({ replicas: 1, strategy: Strategy.Rolling });
    expect(recording.find("app-api-1-rolling").deleteBeforeReplace).toBe(false);
    expect(recording.find("app-api-1-rolling-member").deleteBeforeReplace).toBe(false);
  });

  test("replicas wait until the settings of every balancer are checked", async () => {
    const recording = await recordService(twoPools);
    const checks = ["app-balancer-settings", "app-leftovers", "app-store-balancer-settings"];
    expect(recording.find("app-api-1").dependsOn).toEqual(expect.arrayContaining(checks));
    expect(recording.find("app-store-1").dependsOn).toEqual(expect.arrayContaining(checks));
  });

  test("replicas wait for the pools that start before them", async () => {
    const pools = { api: { ...minimalPool, startAfter: ["web"] }, web: { ...minimalPool, replicas: 2 } };
    const routes = [{ path: "/api", pool: "api" }, { pool: "web" }];
    const { dependsOn } = (await recordService({ pools, routes })).find("app-api-1");
    expect(dependsOn).toContain("app-web-members");
  });

  test("replicas wait for each of the ones that go one by one in a pool that starts before them", async () => {
    const web = { ...minimalPool, replicas: 2, strategy: Strategy.Rolling };
    const pools = { api: { ...minimalPool, startAfter: ["web"] }, web };
    const routes = [{ path: "/api", pool: "api" }, { pool: "web" }];
    const { dependsOn } = (await recordService({ pools, routes })).find("app-api-1");
    const members = ["app-web-1-rolling-member", "app-web-2-rolling-member"];
    expect(dependsOn).toEqual(expect.arrayContaining(members));
  });

  test("replicas wait for the balancers of the internal pools that they reach", async () => {
    const recording = await recordService(twoPools);
    expect(recording.find("app-api-1").dependsOn).toContain("app-store-balancer-push");
  });
});
