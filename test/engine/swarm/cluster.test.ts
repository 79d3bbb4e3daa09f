import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, succeeds, until } from "../support/engine";
import { startCluster, type Cluster } from "./support/cluster";

let cluster: Cluster;
let seconds: number;
beforeAll(async () => {
  const startedAt = performance.now();
  cluster = await startCluster({ publish: [8080], registry: true });
  seconds = (performance.now() - startedAt) / 1000;
});
afterAll(() => cluster.end());

/** Status that a node's port answers with; undefined where nobody answers. */
const ask = async (index: number): Promise<number | undefined> => {
  const url = `http://127.0.0.1:${cluster.nodes[index]?.publishedPort(8080)}/`;
  return fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ status }) => status,
    () => undefined,
  );
};
const askAll = () => Promise.all([0, 1, 2].map(ask));

test("three managers are ready, and the machine's own engine is in no swarm", async () => {
  const roles = await cluster.manager.docker(
    "node",
    "ls",
    "--format={{.Hostname}} {{.Status}} {{.ManagerStatus}}",
  );
  expect(roles.split("\n").sort()).toEqual([
    "node-1 Ready Leader",
    "node-2 Ready Reachable",
    "node-3 Ready Reachable",
  ]);
  expect(await docker("info", "--format={{.Swarm.LocalNodeState}}")).toBe("inactive");
  expect(seconds).toBeLessThan(120);
});

describe("a global service with a host port", () => {
  beforeAll(async () => {
    await cluster.loadImage("nginx:1.30.4");
    const port = "--publish=mode=host,published=8080,target=80";
    await cluster.manager.docker(
      ...["service", "create", "--quiet", "--detach", "--name=web", "--mode=global", port],
      ...["--no-resolve-image", "nginx:1.30.4"],
    );
  });

  test("answers on each node", async () => {
    await until("all nodes answer", async () => (await askAll()).every((status) => status === 200));
    expect(await askAll()).toEqual([200, 200, 200]);
  });

  test("comes back on a node that was killed", async () => {
    const [, second] = cluster.nodes;
    if (second === undefined) throw new Error("There are three nodes.");
    await cluster.kill(second);
    expect(await askAll()).toEqual([200, undefined, 200]);
    expect(await cluster.awaitReady(2)).toBeLessThan(60);
    await cluster.start(second);
    await cluster.awaitReady(3);
    await until("all nodes answer", async () => (await ask(1)) === 200);
    expect(await askAll()).toEqual([200, 200, 200]);
  });

  test("is heard of no more when the cable is pulled, and again when it is plugged in", async () => {
    const [, , third] = cluster.nodes;
    if (third === undefined) throw new Error("There are three nodes.");
    await cluster.partition(third);
    expect(await askAll()).toEqual([200, 200, undefined]);
    await cluster.awaitReady(2);
    await cluster.heal(third);
    await cluster.awaitReady(3);
    await until("the third answers", async () => (await ask(2)) === 200);
    expect(await askAll()).toEqual([200, 200, 200]);
  });

  test("waits where a node is paused", async () => {
    const [, second] = cluster.nodes;
    if (second === undefined) throw new Error("There are three nodes.");
    await cluster.pause(second);
    expect(await ask(1)).toBeUndefined();
    await cluster.resume(second);
    await until("the second answers", async () => (await ask(1)) === 200);
    expect(await ask(1)).toBe(200);
  });
});

test("what is pushed to the registry can be pulled by every node", async () => {
  const reference = await cluster.registry?.push("nginx:1.30.4");
  expect(reference).toMatch(/^registry:5000\/nginx@sha256:[0-9a-f]{64}$/);
  const pulls = cluster.nodes.map((node) => succeeds(node.docker("pull", "--quiet", reference ?? "")));
  expect(await Promise.all(pulls)).toEqual([true, true, true]);
});
