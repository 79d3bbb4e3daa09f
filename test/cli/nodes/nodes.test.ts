import { beforeEach, describe, expect, test } from "vitest";
import { finishDrain, removeNode, toLabelOptions } from "../../../cli/nodes/change";
import { chooseNode } from "../../../cli/nodes/find";
import { findObstacles, joinSwarm, type NewcomerInfo, toHost } from "../../../cli/nodes/join";
import { renderNodes, reportNodes } from "../../../cli/nodes/report";
import {
  describeFewerManagers,
  listReplicas,
  listStores,
  refuseDrain,
  refuseRemoval,
} from "../../../cli/nodes/rules";
import type { ApiRequest, AskApi } from "../../../engine/ask-api";
import { Failure } from "../../../engine/client";
import { findFault, type OwnSwarm, readSwarm, type Swarm, type SwarmNode } from "../../../engine/swarm-nodes";
import { connect, fakeDocker, resetDocker } from "../../support/fake-docker";

beforeEach(resetDocker);

const stack = "shop/dev";

/** A machine as an engine tells of it. */
const told = (number: number, own: { role?: string; state?: string; availability?: string } = {}) => {
  const { role = "manager", state = "ready", availability = "active" } = own;
  return {
    ID: `id${number}xyz`,
    Spec: { Role: role, Availability: availability, Labels: number === 2 ? { zone: "a", ssd: "" } : null },
    Description: {
      Hostname: `web-${number}`,
      Resources: { NanoCPUs: 4e9, MemoryBytes: 8 * 1024 ** 3 },
      Engine: { EngineVersion: "28.5.2" },
    },
    Status: { State: state, Addr: number === 1 ? "0.0.0.0" : `10.0.0.${number}` },
    ...(role === "manager"
      ? {
          ManagerStatus: {
            ...(number === 1 ? { Leader: true } : {}),
            ...{
              Reachability: state === "ready" ? "reachable" : "unreachable",
              Addr: `10.0.0.${number}:2377`,
            },
          },
        }
      : {}),
  };
};

const service = (name: string, labels: Record<string, string>, isInContainer = false) => {
  const all = Object.fromEntries(
    Object.entries({ stack, ...labels }).map(([key, value]) => [`flotilla.${key}`, value]),
  );
  return {
    ID: `s-${name}`,
    Spec: {
      Name: name,
      Labels: isInContainer ? null : all,
      TaskTemplate: { ContainerSpec: { Labels: isInContainer ? all : null } },
    },
  };
};

const task = (name: string, node: number, own: { desired?: string; state?: string } = {}) => ({
  ...{ ID: `t-${name}-${node}`, ServiceID: `s-${name}`, NodeID: `id${node}xyz` },
  DesiredState: own.desired ?? "running",
  Status: { State: own.state ?? "running" },
  Spec: {
    Resources: name.startsWith("api")
      ? { Reservations: { NanoCPUs: 5e8, MemoryBytes: 256 * 1024 ** 2 } }
      : null,
  },
});

const ownSwarm: OwnSwarm = {
  ...{ NodeID: "id1xyz", LocalNodeState: "active", ControlAvailable: true },
  RemoteManagers: [{ Addr: "10.0.0.1:2377" }, { Addr: "10.0.0.2:2377" }],
};

const answers: Record<string, unknown> = {
  "/info": { Swarm: ownSwarm },
  "/nodes": [told(2), told(10, { role: "worker" }), told(1), told(3)],
  "/services": [
    service("api-1", { role: "replica", pool: "api", service: "app" }),
    service("api-2", { role: "replica", pool: "api", service: "app" }, true),
    service("mail-1", { role: "worker", pool: "mail", service: "app" }),
    service("blog-1", { stack: "blog/dev", role: "replica", pool: "web", service: "app" }),
    service("balancer", { role: "balancer", balancer: "balancer" }),
    service("main", { role: "store", store: "main" }),
    { ID: "s-other", Spec: { Name: "other", Labels: null, TaskTemplate: {} } },
  ],
  "/tasks": [
    ...[task("api-1", 2), task("api-2", 10), task("mail-1", 2), task("blog-1", 2)],
    ...[1, 2, 3, 10].map((node) => task("balancer", node)),
    ...[task("main", 3), task("other", 2)],
    task("api-2", 2, { desired: "shutdown", state: "failed" }),
    task("api-1", 3, { state: "preparing" }),
  ],
};

/** Answers as a manager does, with some answers of one's own. */
const asked: ApiRequest[] = [];
const answer =
  (own: Record<string, unknown> = {}): AskApi =>
  (_, request) => {
    asked.push(request);
    const { path } = request;
    const given = own[path] ?? answers[path];
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
  };

const read = (own: Record<string, unknown> = {}): Promise<Swarm> => readSwarm(connect(), answer(own));

const choose = (swarm: Swarm, name: string): SwarmNode => chooseNode(swarm, name);

describe("the machines of a swarm", () => {
  test("are counted in the order of their names, with what of one stack is on each", async () => {
    const reports = reportNodes(await read(), stack);
    expect(
      reports.map(({ name, role, replicas, balancers, stores }) => [name, role, replicas, balancers, stores]),
    ).toEqual([
      ["web-1", "leader", 0, 1, 0],
      ["web-2", "manager", 2, 1, 0],
      ["web-3", "manager", 0, 1, 1],
      ["web-10", "worker", 1, 1, 0],
    ]);
    expect(reports[1]).toMatchObject({ cpus: 4, reservedCpus: 0.5, reservedMemoryBytes: 256 * 1024 ** 2 });
    expect(reports[0]?.address).toBe("10.0.0.1");
  });

  test("are shown in 80 columns, and wholly where there is room", async () => {
    const reports = reportNodes(await read(), stack);
    const narrow = renderNodes(reports, 80);
    expect(narrow.filter((line) => line.length > 80)).toEqual([]);
    expect(narrow[2]).toMatch(/^web-2 +manager +all +ready +2 +1 +0 +0\.5 of 4/);
    expect(renderNodes(reports, 200)).toEqual([
      "node    role     takes  state  replicas  balancers  stores  CPUs      memory            address    engine  labels",
      "web-1   leader   all    ready         0          1       0  0 of 4    0 B of 8 GiB      10.0.0.1   28.5.2",
      "web-2   manager  all    ready         2          1       0  0.5 of 4  256 MiB of 8 GiB  10.0.0.2   28.5.2  ssd zone=a",
      "web-3   manager  all    ready         0          1       1  0.5 of 4  256 MiB of 8 GiB  10.0.0.3   28.5.2",
      "web-10  worker   all    ready         1          1       0  0.5 of 4  256 MiB of 8 GiB  10.0.0.10  28.5.2",
    ]);
  });

  test("are chosen by name or id, and nothing else", async () => {
    const swarm = await read();
    expect(choose(swarm, "web-2").id).toBe("id2xyz");
    expect(choose(swarm, "id10").name).toBe("web-10");
    expect(() => choose(swarm, "web-22")).toThrow(
      "There is no node web-22 in the swarm. Did you mean web-2? It has web-1, web-2, web-3, web-10.",
    );
    const twins = { ...swarm, nodes: swarm.nodes.map((node) => ({ ...node, name: "same" })) };
    expect(() => choose(twins, "same")).toThrow(
      "same must name one node, got 4. Write the id of one of them: id1xyz,",
    );
  });
});

describe("an engine that manages no swarm is refused, with what is to be done", () => {
  test.each<[string, Partial<OwnSwarm>, string | undefined]>([
    ["a manager", {}, undefined],
    ["a worker", { ControlAvailable: false }, "a worker. Set docker:host to a manager: 10.0.0.1, 10.0.0.2."],
    ["none", { LocalNodeState: "inactive" }, "one that is in none. Make one of it: docker swarm init"],
    ["locked", { LocalNodeState: "locked" }, "one that is locked. Unlock it there: docker swarm unlock"],
    [
      "broken",
      { LocalNodeState: "error", Error: "no certificate" },
      "one whose swarm is error: no certificate",
    ],
    ["on its way", { LocalNodeState: "pending" }, "one whose swarm is pending."],
  ])("%s", (_, own, expected) => {
    expect(findFault({ ...ownSwarm, ...own })).toBe(expected);
  });

  test("by its address", async () => {
    const none = { "/info": { Swarm: { ...ownSwarm, LocalNodeState: "inactive" } } };
    await expect(readSwarm(connect({ host: "ssh://web-9" }), answer(none))).rejects.toThrow(
      "The engine ssh://web-9 must be a manager of a swarm, got one that is in none.",
    );
  });

  test("and so are managers without a majority", async () => {
    const lost = { "/nodes": new Failure("The engine refuses: The swarm does not have a leader.") };
    await expect(read(lost)).rejects.toThrow(
      "does not have a leader.\nMore than half of the managers must be there, or nothing is changed; what runs goes on. Start those that are down.",
    );
  });
});

describe("what is on a machine", () => {
  test("replicas of a stack are moved by their pools, those of others are told", async () => {
    const swarm = await read();
    expect(listReplicas(swarm, choose(swarm, "web-2"), stack)).toEqual({
      pools: [
        { service: "app", pool: "api" },
        { service: "app", pool: "mail" },
      ],
      others: ["blog/dev"],
    });
  });

  test("a store is there although its machine is away", async () => {
    const tasks = [task("main", 3, { desired: "shutdown", state: "running" })];
    const swarm = await read({ "/tasks": tasks, "/nodes": [told(1), told(2), told(3, { state: "down" })] });
    expect(listStores(swarm, choose(swarm, "web-3"))).toEqual(["main of shop/dev"]);
    const over = await read({ "/tasks": [task("main", 3, { state: "shutdown" })] });
    expect(listStores(over, choose(over, "web-3"))).toEqual([]);
  });
});

describe("a machine is not drained", () => {
  test("with a store on it", async () => {
    const swarm = await read();
    expect(refuseDrain(swarm, choose(swarm, "web-2"))).toEqual([]);
    expect(refuseDrain(swarm, choose(swarm, "web-3"))).toEqual([
      "web-3 alone has the data of main of shop/dev, which would stand still. Back them up, and restore them where they are to be.",
    ]);
  });

  test("when no other takes anything", async () => {
    const nodes = [told(1), told(2, { availability: "pause" }), told(3, { state: "down" })];
    const swarm = await read({ "/nodes": nodes, "/tasks": [] });
    expect(refuseDrain(swarm, choose(swarm, "web-1"))).toEqual([
      "Another node must be there that takes what runs on web-1, got none that is ready and active. Have one take it: npm run nodes -- activate <node>",
    ]);
    expect(refuseDrain(swarm, choose(swarm, "web-2"))).toEqual([]);
  });
});

describe("a machine is not removed", () => {
  const refusals = async (name: string, own: Record<string, unknown>): Promise<string[]> => {
    const swarm = await read(own);
    return refuseRemoval(swarm, choose(swarm, name), "dev");
  };

  test("while something runs on it, with a store, or by itself: all is told at once", async () => {
    expect(await refusals("web-10", {})).toEqual([
      "Nothing may run on web-10, got 2 tasks. Take them out of it first: npm run nodes -- drain web-10",
    ]);
    expect(await refusals("web-3", { "/info": { Swarm: { ...ownSwarm, NodeID: "id3xyz" } } })).toEqual([
      expect.stringMatching(/^web-3 is the one that was asked/),
      expect.stringMatching(
        /^web-3 alone has the data of main of shop\/dev, which would be lost to the swarm/,
      ),
      expect.stringMatching(/^Nothing may run on web-3, got 3 tasks/),
    ]);
  });

  test.each([
    ["the only manager", [told(1), told(10, { role: "worker" })], "web-1", "it is the only manager"],
    [
      "one of three of which another is away",
      [told(1), told(2), told(3, { state: "down" })],
      "web-2",
      "of the 2 that stay, 1 answers",
    ],
  ])("when the majority of managers would go: %s", async (_, nodes, name, left) => {
    const found = await refusals(name, {
      "/nodes": nodes,
      "/tasks": [],
      "/info": { Swarm: { ...ownSwarm, NodeID: "id10xyz" } },
    });
    expect(found).toEqual([
      `More than half of the managers must be there without ${name}: ${left}. Make another node a manager first: docker node promote <node>`,
    ]);
  });

  test("but when it is gone for good, whatever was to run there", async () => {
    const nodes = [told(1), told(2), told(3, { state: "down" })];
    expect(await refusals("web-3", { "/nodes": nodes, "/tasks": [task("api-1", 3)] })).toEqual([]);
  });

  test("fewer managers are told where fewer may fail", async () => {
    const swarm = await read();
    expect(describeFewerManagers(swarm, choose(swarm, "web-3"))).toEqual([
      "2 managers are left, of which none may fail. Make another node a manager: docker node promote <node>",
    ]);
    expect(describeFewerManagers(swarm, choose(swarm, "web-10"))).toEqual([]);
    const two = await read({ "/nodes": [told(1), told(2)] });
    expect(describeFewerManagers(two, choose(two, "web-2"))).toEqual([]);
  });
});

describe("a machine that replicas have left", () => {
  const node = async (): Promise<SwarmNode> => choose(await read(), "web-2");

  test("is drained, and what ends there is waited for", async () => {
    const rounds = [[task("balancer", 2)], [task("balancer", 2)], []];
    const ask: AskApi = (engine, request) =>
      answer(request.path === "/tasks" ? { "/tasks": rounds.shift() ?? [] } : {})(engine, request);
    await finishDrain({ engine: connect(), label: stack, node: await node() }, { ask });
    expect(fakeDocker.runs.map(({ args }) => args)).toEqual([
      ["node", "update", "--availability=drain", "id2xyz"],
    ]);
    expect(rounds).toEqual([]);
  });

  test("is not drained while there are replicas, of whatever stack", async () => {
    const drained = finishDrain({ engine: connect(), label: stack, node: await node() }, { ask: answer() });
    await expect(drained).rejects.toThrow(
      "web-2 takes nothing new, but has replicas of api of shop/dev, mail of shop/dev, blog/dev still.",
    );
    expect(fakeDocker.runs).toEqual([]);
  });

  test("says what does not end", async () => {
    const ask = answer({ "/tasks": [task("other", 2)] });
    const drained = finishDrain({ engine: connect(), label: stack, node: await node() }, { ask, seconds: 0 });
    await expect(drained).rejects.toThrow(
      "1 task of web-2 did not end within 0 s. Look at them: docker node ps web-2",
    );
  });
});

test("a manager is removed as soon as the others know that it is none", async () => {
  let refused = 1;
  fakeDocker.answer = (args) =>
    args[1] === "rm" && refused-- > 0
      ? { code: 1, stdout: "", stderr: "node is a cluster manager" }
      : { code: 0, stdout: "", stderr: "" };
  const swarm = await read();
  await removeNode(connect(), choose(swarm, "web-3"));
  expect(fakeDocker.runs.map(({ args }) => args.slice(1).join(" "))).toEqual([
    ...["demote id3xyz", "rm --force id3xyz", "rm --force id3xyz"],
  ]);
});

describe("labels", () => {
  test("are given and taken away", () => {
    expect(toLabelOptions(["zone=a", "ssd", "old="])).toEqual([
      ...["--label-add=zone=a", "--label-add=ssd", "--label-rm=old"],
    ]);
  });

  test("that cannot be are refused, all at once", () => {
    expect(() => toLabelOptions(["=a", "zone=a", "a b"])).toThrow(
      'A label must be name=value, got "=a", "a b". Write it like zone=a; zone= takes it away.',
    );
  });
});

describe("a newcomer", () => {
  test.each([
    ["deploy@10.0.0.4", "ssh://deploy@10.0.0.4"],
    ["web-4:2222", "ssh://web-4:2222"],
    ["tcp://10.0.0.4:2376", "tcp://10.0.0.4:2376"],
  ])("%s has an engine at %s", (written, host) => {
    expect(toHost(written)).toBe(host);
  });

  test("must be an address", () => {
    expect(() => toHost("a b")).toThrow(
      'The node must be user@host, or the address of its engine, got "a b". Write it like deploy@10.0.0.4.',
    );
  });

  const fit: NewcomerInfo = {
    ...{ Name: "web-4", OSType: "linux", ServerVersion: "28.5.2", LiveRestoreEnabled: false },
    Swarm: { NodeID: "", LocalNodeState: "inactive", ControlAvailable: false, RemoteManagers: null },
  };

  test("that does not fit says all that is missing", async () => {
    const { nodes } = await read();
    expect(findObstacles(fit, nodes)).toEqual([]);
    const unfit = {
      ...{ OSType: "windows", ServerVersion: "19.03.1", LiveRestoreEnabled: true },
      Swarm: { ...fit.Swarm, NodeID: "other", LocalNodeState: "active" },
    };
    expect(findObstacles({ ...fit, ...unfit }, nodes)).toEqual([
      "Its engine must be one of Linux, got windows.",
      "Its engine must be 20.10 or newer, got 19.03.1. Install a newer one: https://docs.docker.com/engine/install/",
      "Its engine must not keep containers alive without it, which swarms cannot have. Take live-restore out of /etc/docker/daemon.json there, and start the engine anew.",
      "It must be in no swarm, got one that is active in another. Have it leave, if nobody needs that: docker swarm leave",
    ]);
    expect(findObstacles({ ...fit, Swarm: { ...fit.Swarm, NodeID: "id10xyz" } }, nodes)).toEqual([
      "web-4 is in the swarm already, as worker.",
    ]);
  });

  const joining = { host: "ssh://deploy@web-4", manager: true, address: undefined };
  const tokens = { "/swarm": { JoinTokens: { Worker: "w", Manager: "m" } } };

  test("joins by the managers' addresses, and its token is in no argument", async () => {
    const swarm = await read();
    asked.length = 0;
    let hasJoined = false;
    const ask: AskApi = (engine, request) => {
      if (request.path === "/swarm/join") hasJoined = true;
      const info = hasJoined ? { ...fit, Swarm: { ...ownSwarm, NodeID: "id3xyz" } } : fit;
      return answer({ ...tokens, ...(engine.host === undefined ? {} : { "/info": info }) })(engine, request);
    };
    expect(await joinSwarm({ engine: connect(), swarm }, joining, ask)).toMatchObject({ name: "web-3" });
    expect(asked.find(({ path }) => path === "/swarm/join")?.body).toEqual({
      ...{ ListenAddr: "0.0.0.0:2377", AdvertiseAddr: "", JoinToken: "m" },
      RemoteAddrs: ["10.0.0.1:2377", "10.0.0.2:2377"],
    });
    expect(fakeDocker.runs).toEqual([]);
  });

  test("that is not reached, or does not reach, says what must work", async () => {
    const swarm = await read();
    const join = (own: Record<string, unknown>) =>
      joinSwarm({ engine: connect(), swarm }, joining, answer({ "/info": fit, ...tokens, ...own }));
    await expect(join({ "/info": new Failure("No route to host") })).rejects.toThrow(
      "No route to host\nDocker must be installed there (https://docs.docker.com/engine/install/), and this must work without a password: ssh deploy@web-4 docker version",
    );
    await expect(join({ "/swarm/join": new Failure("Timeout was reached") })).rejects.toThrow(
      "Timeout was reached\nThe nodes must reach each other: TCP 2377 of the managers, and TCP 7946,",
    );
    const several = new Failure("this system has multiple addresses: specify one with --advertise-addr");
    await expect(join({ "/swarm/join": several })).rejects.toThrow("--address <address>");
  });
});
