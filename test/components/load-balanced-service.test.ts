import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { LoadBalancedService, type LoadBalancedServiceArgs } from "../../components";
import { record, unknown } from "../support/recorder";
import { minimalPool, recordPool, recordService, twoPools } from "../support/service";

/** The outputs that a service registers. */
async function outputsOf(
  args: Partial<LoadBalancedServiceArgs>,
  options: Parameters<typeof recordService>[1] = {},
) {
  const recording = await recordService({ pools: { api: minimalPool }, ...args }, options);
  return recording.find("app").outputs;
}

describe("wrong arguments", () => {
  const wrong: LoadBalancedServiceArgs = {
    pools: { api: { port: 0, replicas: 1001, secrets: { "1X": "hunter2" } }, Web: minimalPool },
    balancer: { address: "everywhere" },
  };

  async function recordFailure() {
    let thrown: unknown;
    const { resources } = await record(() => {
      try {
        new LoadBalancedService("app", wrong);
      } catch (error) {
        thrown = error;
      }
    });
    return { thrown, resources };
  }

  test("stop the program before anything is registered", async () => {
    const { thrown, resources } = await recordFailure();
    expect(pulumi.InputPropertiesError.isInstance(thrown)).toBe(true);
    expect(resources).toEqual([]);
  });

  test("are told all at once, each by its place", async () => {
    const { thrown } = await recordFailure();
    const { message, errors } = thrown as pulumi.InputPropertiesError;
    expect(message).toMatch(/^LoadBalancedService "app" has \d+ problems:\n/);
    expect(message).not.toContain("hunter2");
    const places = errors.map(({ propertyPath }) => propertyPath);
    for (const place of [
      "pools.api.port",
      "pools.api.replicas",
      "pools.api.image",
      "pools.Web",
      "balancer.address",
    ])
      expect(places).toContain(place);
    expect(message.split("\n").slice(1)).toHaveLength(places.length);
  });
});

describe("the outputs", () => {
  test("say where the service is and what it is made of", async () => {
    const targets = [
      {
        job: "balancer",
        address: "app-balancer-abc1234:8102",
        path: "/metrics",
        network: "app-public-network-abc1234",
        labels: { service: "app", balancer: "balancer" },
      },
    ];
    const containers = ["app-api-1-abc1234", "app-api-2-abc1234"];
    expect(await outputsOf({ pools: { api: { ...minimalPool, replicas: 2 } } })).toEqual({
      url: "http://localhost:8080",
      replicas: { api: 2 },
      containers: { api: containers },
      images: { api: { reference: minimalPool.image, id: expect.any(String) as string } },
      networks: { public: "app-public-network-abc1234" },
      volumes: {},
      targets,
      source: { targets, networks: ["app-public-network-abc1234"], containers },
    });
  });

  test("have a target for each replica of the pools with metrics, and for each balancer that counts", async () => {
    const { targets } = await outputsOf({
      pools: {
        api: { ...minimalPool, replicas: 2, metrics: {} },
        jobs: { ...minimalPool, reachableFrom: ["api"], metrics: { port: 9000, path: "/figures" } },
        plain: minimalPool,
      },
      routes: [{ pool: "api" }, { path: "/plain/", pool: "plain" }],
      balancer: { status: { metrics: false } },
    });
    const replica = { job: "pool", path: "/metrics", network: "app-public-network-abc1234" };
    const internal = { path: "/metrics", network: "app-jobs-network-abc1234" };
    const labels = (pool: string, number: number) => ({
      service: "app",
      ...{ pool, replica: `${pool}-${number}` },
    });
    expect(targets).toEqual([
      {
        ...{ ...internal, job: "balancer", address: "app-jobs-balancer-abc1234:8102" },
        labels: { service: "app", balancer: "jobs-balancer" },
      },
      {
        ...{ ...internal, job: "pool", path: "/figures", address: "app-jobs-1-abc1234:9000" },
        labels: labels("jobs", 1),
      },
      { ...replica, address: "app-api-1-abc1234:3000", labels: labels("api", 1) },
      { ...replica, address: "app-api-2-abc1234:3000", labels: labels("api", 2) },
    ]);
  });

  test("name the network of each internal pool", async () => {
    const { networks } = await outputsOf(twoPools);
    expect(networks).toEqual({ public: "app-public-network-abc1234", store: "app-store-network-abc1234" });
  });

  test("are known in a preview as far as they can be", async () => {
    const recording = await recordPool({}, { preview: true });
    expect(recording.find("app").outputs).toMatchObject({ url: "http://localhost:8080", replicas: unknown });
  });

  const urls: [
    address: string | undefined,
    host: string | undefined,
    port: number | undefined,
    url: string,
  ][] = [
    [undefined, undefined, undefined, "http://localhost:8080"],
    [undefined, undefined, 80, "http://localhost:80"],
    ["0.0.0.0", "unix:///var/run/docker.sock", undefined, "http://localhost:8080"],
    ["::", undefined, undefined, "http://localhost:8080"],
    ["::1", undefined, undefined, "http://[::1]:8080"],
    ["192.0.2.7", undefined, 9000, "http://192.0.2.7:9000"],
    ["192.0.2.7", "ssh://deploy@vps.example.com", undefined, "http://192.0.2.7:8080"],
    [undefined, "ssh://deploy@vps.example.com", undefined, "http://vps.example.com:8080"],
    [undefined, "ssh://deploy@vps.example.com:2222", undefined, "http://vps.example.com:8080"],
    ["::", "ssh://vps", undefined, "http://vps:8080"],
    [undefined, "tcp://192.0.2.8:2376", undefined, "http://192.0.2.8:8080"],
    [undefined, "ssh://deploy@[2001:db8::1]:22", undefined, "http://[2001:db8::1]:8080"],
  ];

  test.each(urls)(
    "an address of %s on the engine %s and port %s is reached at %s",
    async (address, host, port, url) => {
      const balancer = { address, port };
      const config: Record<string, string> = host === undefined ? {} : { "docker:host": host };
      expect((await outputsOf({ balancer }, { config })).url).toBe(url);
    },
  );
});
