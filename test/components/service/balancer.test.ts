import { afterEach, describe, expect, test } from "vitest";
import { Strategy } from "../../../components";
import type { Recording } from "../../support/recorder";
import { describeImage, fakeDocker, resetDocker } from "../../support/fake-docker";
import {
  inputOf,
  minimalPool,
  ofType,
  recordPool,
  recordService,
  taskOf,
  twoPools,
} from "../../support/service";

afterEach(resetDocker);

describe("the balancer", () => {
  test("alone publishes a port, 8080 on every address unless told otherwise", async () => {
    const containers = ofType(await recordService(twoPools), "Container");
    const publishing = containers.filter(({ inputs }) => "ports" in inputs);
    expect(publishing.map(({ name, inputs }) => [name, inputs.ports])).toEqual([
      ["app-balancer", [{ internal: 80, external: 8080, ip: "0.0.0.0", protocol: "tcp" }]],
    ]);
  });

  test("publishes the port and address that are set", async () => {
    const balancer = { port: 80, address: "127.0.0.1" };
    const { inputs } = (await recordService({ pools: { api: minimalPool }, balancer })).find("app-balancer");
    expect(inputs.ports).toEqual([{ internal: 80, external: 80, ip: "127.0.0.1", protocol: "tcp" }]);
  });

  test("has no fixed name", async () => {
    expect((await recordPool()).find("app-balancer").inputs).not.toHaveProperty("name");
  });

  test("goes before its replacement comes, which could not have the port", async () => {
    const balancer = (await recordPool()).find("app-balancer");
    expect(balancer.deleteBeforeReplace).toBe(true);
    expect(balancer.replaceOnChanges).toEqual(["healthcheck"]);
  });

  test("depends on every member", async () => {
    const routes = [{ path: "/api", pool: "api" }, { pool: "web" }];
    const web = { ...minimalPool, replicas: 2, strategy: Strategy.Rolling };
    const recording = await recordService({ pools: { api: { ...minimalPool, replicas: 3 }, web }, routes });
    const members = ["app-api-members", "app-web-1-rolling-member", "app-web-2-rolling-member"];
    expect(recording.find("app-balancer").dependsOn).toEqual(expect.arrayContaining(members));
    expect(recording.find("app-balancer-push").dependsOn).toEqual(expect.arrayContaining(members));
  });

  test("ends at once, is checked, and comes back after a crash", async () => {
    const { inputs } = (await recordPool()).find("app-balancer");
    expect(inputs).toMatchObject({
      stopSignal: "SIGTERM",
      restart: "unless-stopped",
      destroyGraceSeconds: 10,
    });
    expect(inputs.healthcheck).toMatchObject({
      interval: "10s",
      timeout: "5s",
      startPeriod: "10s",
      retries: 3,
    });
  });

  test("has the limits, reservations and logs that are set", async () => {
    const balancer = {
      limits: { cpus: 2, memoryMiB: 128 },
      reservations: { cpus: 0.5, memoryMiB: 32 },
      logs: { maxSizeMiB: 1, maxFiles: 2 },
    };
    const { inputs } = (await recordService({ pools: { api: minimalPool }, balancer })).find("app-balancer");
    expect(inputs).toMatchObject({
      cpus: "2.0",
      memory: 128,
      memorySwap: 128,
      cpuShares: 512,
      memoryReservation: 32,
      logOpts: { "max-size": "1m", "max-file": "2" },
    });
  });

  test("shares its limits and reservations with those of internal pools, and nothing else", async () => {
    const balancer = {
      limits: { memoryMiB: 128 },
      reservations: { memoryMiB: 32 },
      logs: { maxSizeMiB: 1 },
      address: "127.0.0.1",
    };
    const { inputs } = (await recordService({ ...twoPools, balancer })).find("app-store-balancer");
    expect(inputs).toMatchObject({ memory: 128, memorySwap: 128, memoryReservation: 32 });
    expect(inputs.logOpts).toMatchObject({ "max-size": "10m" });
    expect(inputs.ports).toBeUndefined();
  });

  test("keeps its configuration in a volume that outlives its container", async () => {
    const recording = await recordPool();
    expect(recording.find("app-balancer").inputs.volumes).toEqual([
      { volumeName: "app-balancer-configuration-abc1234", containerPath: "/etc/flotilla" },
      { containerPath: "/var/cache/nginx" },
    ]);
    expect(recording.find("app-balancer-configuration").inputs).not.toHaveProperty("name");
  });

  test("is cleared of what an update that was killed left, before it is created", async () => {
    const { beforeCreate, inputs } = (await recordPool()).find("app-balancer");
    fakeDocker.runs = [];
    for (const hook of beforeCreate)
      await hook({ newInputs: inputs } as unknown as Parameters<typeof hook>[0]);
    expect(beforeCreate).toHaveLength(1);
    const [search, removal, ...more] = fakeDocker.runs.map(({ args }) => args);
    expect(search).toEqual(
      expect.arrayContaining([
        "--filter=network=app-public-network-abc1234",
        "--filter=label=flotilla.balancer=balancer",
      ]),
    );
    expect(removal).toEqual(["rm", "--force", "--volumes", "some-container"]);
    expect(more).toEqual([]);
  });
});

describe("the balancer of an internal pool", () => {
  test("publishes nothing and answers to the pool's name on the pool's port", async () => {
    const recording = await recordService(twoPools);
    const { inputs } = recording.find("app-store-balancer");
    expect(inputs).not.toHaveProperty("ports");
    expect(inputs.networksAdvanced).toEqual([{ name: "app-store-network-abc1234", aliases: ["store"] }]);
    expect(inputOf(recording.find("app-store-balancer-push")).settings).toContain(
      "listen 6379 default_server;",
    );
  });

  test("knows only its own pool", async () => {
    const recording = await recordService(twoPools);
    const upstreams = (name: string): unknown =>
      (inputOf(recording.find(name)).upstreams as { name: string }[]).map((upstream) => upstream.name);
    expect(upstreams("app-store-balancer-push")).toEqual(["store"]);
    expect(upstreams("app-balancer-push")).toEqual(["api"]);
  });

  test("has its settings checked without publishing anything", async () => {
    const recording = await recordService(twoPools);
    expect(inputOf(recording.find("app-store-balancer-settings"))).toMatchObject({ published: [] });
    expect(inputOf(recording.find("app-balancer-settings"))).toMatchObject({
      published: ["0.0.0.0:8080"],
    });
  });

  test("depends on the pool's members", async () => {
    expect((await recordService(twoPools)).find("app-store-balancer").dependsOn).toContain(
      "app-store-members",
    );
  });
});

describe("images", () => {
  const pullOf = (recording: Recording, name: string): unknown => taskOf(recording.find(name)).pull;

  test("follow a tag that moved in its registry", async () => {
    expect(pullOf(await recordPool(), "app-api-image")).toBe(`node@sha256:${"b".repeat(64)}`);
  });

  test("stay what the engine has when tags are not followed", async () => {
    const registry = { followTags: false };
    const recording = await recordService({ pools: { api: minimalPool }, registry });
    expect(pullOf(recording, "app-api-image")).toBe(`node@sha256:${"a".repeat(64)}`);
    expect(recording.calls).toEqual([]);
  });

  test("stay what the engine has when the registry cannot be asked", async () => {
    const registry = (): never => {
      throw new Error("no route to host");
    };
    expect(pullOf(await recordPool({}, { registry }), "app-api-image")).toBe(`node@sha256:${"a".repeat(64)}`);
  });

  test("of the balancer follow no tag, because a new one cuts connections", async () => {
    const registry = { followTags: true };
    const recording = await recordService({ pools: { api: minimalPool }, registry });
    expect(pullOf(recording, "app-balancer-image")).toBe(`nginx@sha256:${"a".repeat(64)}`);
    expect(recording.calls.map(({ inputs }) => inputs.name)).toEqual(["node:24-slim"]);
  });

  test("that only the engine has are known by their id", async () => {
    fakeDocker.answer = () => describeImage([]);
    const recording = await recordPool();
    expect(taskOf(recording.find("app-api-image"))).not.toHaveProperty("pull");
    expect(recording.find("app-api-image").inputs.triggers).toEqual([
      "node:24-slim",
      `sha256:${"1".repeat(64)}`,
      "",
    ]);
  });

  test("that are pinned need no registry", async () => {
    const image = `node@sha256:${"c".repeat(64)}`;
    const recording = await recordPool({ image });
    expect(pullOf(recording, "app-api-image")).toBe(image);
    expect(recording.calls).toEqual([]);
  });

  test("that the engine has are known to a preview", async () => {
    fakeDocker.answer = () => describeImage([]);
    const recording = await recordPool({}, { preview: true });
    expect(recording.find("app-api-1").inputs.image).toBe(`sha256:${"1".repeat(64)}`);
  });

  test("come from the mirror, the balancer's too, but for those of other registries", async () => {
    const pools = { api: minimalPool, store: { image: "ghcr.io/a/b:1", port: 1, reachableFrom: ["api"] } };
    const recording = await recordService({ pools, registry: { mirror: "mirror.example.com/hub" } });
    const references = ["app-api-image", "app-store-image", "app-balancer-image"].map(
      (name) => taskOf(recording.find(name)).reference,
    );
    expect(references).toEqual([
      "mirror.example.com/hub/library/node:24-slim",
      "ghcr.io/a/b:1",
      "mirror.example.com/hub/library/nginx:1.30.4",
    ]);
  });

  test("are looked for on the engine that is configured", async () => {
    await recordPool({}, { config: { "docker:host": "ssh://deploy@vps" } });
    expect(new Set(fakeDocker.runs.map(({ host }) => host))).toEqual(new Set(["ssh://deploy@vps"]));
  });
});
