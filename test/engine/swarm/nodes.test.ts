import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NodeReport } from "../../../cli/nodes/report";
import type { NodesResult } from "../../../cli/nodes/act";
import { type Clone, createClone } from "../support/clone";
import { until } from "../support/engine";
import type { ClusterNode } from "./support/cluster";
import { useCluster } from "./support/cluster";

const run = promisify(execFile);
const cluster = useCluster({ nodes: 4, outside: 1 });
let clone: Clone;
beforeAll(async () => {
  clone = await createClone();
});
afterAll(() => {
  clone.remove();
});

interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command on an engine. */
function nodes(words: string[], on = cluster().manager): Promise<Printed> {
  const environment = { ...clone.environment(), DOCKER_HOST: on.host };
  const line = ["run", "--silent", "nodes", "--", ...words];
  return run("npm", line, { cwd: clone.folder, env: environment }).then(
    (ended) => ({ code: 0, ...ended }),
    (error: unknown) => error as Printed,
  );
}

async function list(): Promise<NodeReport[]> {
  const { stdout } = await nodes(["--json"]);
  return JSON.parse(stdout) as NodeReport[];
}

function nodeAt(index: number): ClusterNode {
  const node = cluster().nodes[index];
  if (node === undefined) throw new Error(`There is no node ${index}.`);
  return node;
}

/** Starts a service that looks like a part of the stack dev. */
async function serve(name: string, labels: string[], options: string[]): Promise<void> {
  const all = ["flotilla.stack=flotilla/dev", "flotilla.service=app", ...labels];
  await cluster().manager.docker(
    ...["service", "create", "--quiet", "--detach", `--name=${name}`, "--no-resolve-image"],
    ...all.map((label) => `--label=${label}`),
    ...[...options, "nginx:1.30.4"],
  );
}

test("machines are told with what of the stack runs there, and what is reserved", async () => {
  await cluster().loadImage("nginx:1.30.4");
  await serve(
    "api",
    ["flotilla.role=replica", "flotilla.pool=api"],
    ["--constraint=node.hostname==node-1", "--reserve-memory=64mb", "--reserve-cpu=0.25"],
  );
  await serve("balancer", ["flotilla.role=balancer"], ["--mode=global"]);
  await serve(
    "cache",
    ["flotilla.role=store", "flotilla.store=cache"],
    ["--constraint=node.hostname==node-3"],
  );
  await until("all is placed", async () => (await list()).every(({ balancers }) => balancers === 1));
  await until("the store runs", async () => (await list())[2]?.stores === 1);
  const found = await list();
  expect(found.map(({ name, state, availability }) => [name, state, availability])).toEqual([
    ["node-1", "ready", "active"],
    ["node-2", "ready", "active"],
    ["node-3", "ready", "active"],
  ]);
  expect(found.map(({ role }) => role)).toEqual(["leader", "manager", "manager"]);
  expect(found[0]).toMatchObject({
    ...{ address: nodeAt(0).address, replicas: 1, balancers: 1, stores: 0 },
    ...{ reservedCpus: 0.25, reservedMemoryBytes: 64 * 1024 ** 2, labels: {} },
  });
  const { stdout } = await nodes([]);
  expect(stdout).toMatch(/^node +role +takes +state +replicas/);
  expect(stdout).toMatch(/^node-1 +leader +all +ready +1 +1 +0 +0\.25 of \d/m);
});

test("an engine that manages no swarm is refused, and so is what it is told in vain", async () => {
  const outside = await nodes(["--json"], nodeAt(3));
  expect(outside).toMatchObject({ code: 1 });
  expect(outside.stderr).toContain(
    `The engine must be a manager of a swarm, got one that is in none. Make one of it: docker swarm init`,
  );
  const unknown = await nodes(["drain", "node-33"]);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toContain("There is no node node-33 in the swarm. Did you mean node-3?");
});

test("a machine is added, by the address of its engine, and only once", async () => {
  const fourth = nodeAt(3);
  const nobody = await nodes(["add", "tcp://127.0.0.1:9"]);
  expect(nobody).toMatchObject({ code: 1 });
  expect(nobody.stderr).toContain("It must answer to: docker --host tcp://127.0.0.1:9 version");
  const added = await nodes(["add", fourth.host, "--address", fourth.address, "--json"]);
  expect(added.stderr).toContain("node-4 is ready, as worker.");
  expect(JSON.parse(added.stdout) as NodesResult).toMatchObject({
    ...{ command: "nodes", ok: true, errors: [] },
    node: { name: "node-4", role: "worker", state: "ready", address: fourth.address },
  });
  const again = await nodes(["add", fourth.host]);
  expect(again).toMatchObject({ code: 1 });
  expect(again.stderr).toContain("node-4 is in the swarm already, as worker.");
  const worker = await nodes([], fourth);
  expect(worker.stderr).toMatch(
    /got a worker\. Set docker:host to a manager: (?:10\.222\.\d+\.1[123],? ?){3}\./,
  );
});

test("a machine is given labels, and loses them", async () => {
  expect((await nodes(["label", "node-4", "zone=b", "ssd"])).stderr).toContain(
    "Labels of node-4: ssd zone=b",
  );
  expect((await list())[3]?.labels).toEqual({ zone: "b", ssd: "" });
  expect((await nodes(["label", "node-4", "zone=", "ssd="])).stderr).toContain("Labels of node-4: none");
});

test("a machine with a store is not drained and not removed; another one is, and takes part again", async () => {
  const refused = await nodes(["drain", "node-3"]);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain("node-3 alone has the data of cache of flotilla/dev");
  expect((await list())[2]?.availability).toBe("active");
  expect((await nodes(["remove", "node-3"])).stderr).toContain("which would be lost to the swarm");

  const drained = await nodes(["drain", "node-4"]);
  expect(drained.stderr).toContain("node-4 is drained: nothing runs there.");
  expect((await list())[3]).toMatchObject({ availability: "drain", balancers: 0 });
  expect(await nodes(["activate", "node-4"])).toMatchObject({ code: 0 });
  await until("its balancer is back", async () => (await list())[3]?.balancers === 1);
});

test("a machine is removed when nothing runs there, a manager too; what would take the majority is refused", async () => {
  const busy = await nodes(["remove", "node-4"]);
  expect(busy.stderr).toContain("Nothing may run on node-4, got 1 task. Take them out of it first:");
  const own = await nodes(["remove", "node-1"]);
  expect(own.stderr).toContain("node-1 is the one that was asked, and cannot remove itself.");
  for (const name of ["node-4", "node-2"]) {
    expect(await nodes(["drain", name])).toMatchObject({ code: 0 });
    const removed = await nodes(["remove", name, "--json"]);
    expect(JSON.parse(removed.stdout) as NodesResult).toMatchObject({ ok: true, node: null });
    if (name === "node-2") expect(removed.stderr).toContain("2 managers are left, of which none may fail.");
  }
  expect((await list()).map(({ name }) => name)).toEqual(["node-1", "node-3"]);

  await cluster().kill(nodeAt(2));
  await until("the managers have no majority", async () => (await nodes([])).stderr.includes("leader"), 90);
  const { code, stderr } = await nodes([]);
  expect(code).toBe(1);
  expect(stderr).toContain("More than half of the managers must be there, or nothing is changed");
});
