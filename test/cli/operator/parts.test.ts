import { expect, test } from "vitest";
import { describeNothing, chooseParts, chooseRunning, isNamed } from "../../../cli/operator/parts";
import { choosePools, requireCounts } from "../../../cli/operator/pools";
import { readLabels, readListedLabels } from "../../../engine/labels";
import { type Inspected, readPart } from "../../../engine/parts";
import { makePart, shop } from "../../support/parts";

const titles = (words: string[]) => chooseParts(shop, words).map(({ title }) => title);

test.each([
  [[], shop.map(({ title }) => title)],
  [["api"], ["api-1", "api-2"]],
  [
    ["api-2", "price"],
    ["api-2", "price-1"],
  ],
  [["app/price"], ["price-1"]],
  [["main"], ["main", "main-backup"]],
  [["stores"], ["main", "main-backup"]],
  [["balancer"], ["balancer"]],
  [["balancers"], ["balancer", "price-balancer"]],
  [["monitoring"], ["prometheus"]],
  [["app-api-1-0a1b2c3"], ["api-1"]],
])("%j names these containers", (words, expected) => {
  expect(titles(words)).toEqual(expected);
});

test("a word that names nobody is refused, with the nearest, and all such words at once", () => {
  expect(() => titles(["api", "apo", "zebra"])).toThrow(
    /^There is no part apo of the stack\. Did you mean api\? It has .*api-1.*\nThere is no part zebra of the stack\. It has/,
  );
});

test("a replica that comes later is named by its pool", () => {
  expect(isNamed(makePart({ title: "api-9", pool: "api" }), ["api"])).toBe(true);
  expect(isNamed(makePart({ title: "api-9", pool: "api" }), ["api-1"])).toBe(false);
  expect(isNamed(makePart({ title: "api-9", pool: "api" }), [])).toBe(true);
});

test("of a pool, a healthy replica is taken; where none runs, that is an error", () => {
  const ill = makePart({ title: "api-1", pool: "api", health: "unhealthy" });
  const well = makePart({ title: "api-2", pool: "api" });
  expect(chooseRunning([ill, well], "api").title).toBe("api-2");
  expect(chooseRunning([ill], "api").title).toBe("api-1");
  const gone = makePart({ title: "api-1", pool: "api", state: "exited" });
  expect(() => chooseRunning([gone], "api")).toThrow(
    "Nothing of api runs: api-1 is exited. Start it: npm run start",
  );
});

test("only pools are restarted", () => {
  expect(choosePools(shop, [])).toEqual([
    { service: "app", pool: "api" },
    { service: "app", pool: "price" },
  ]);
  expect(choosePools(shop, ["api-1"])).toEqual([{ service: "app", pool: "api" }]);
  expect(() => choosePools(shop, ["api", "main"])).toThrow(
    "Only pools can be made anew without losing a request, got main, main-backup. Where a short time without it does no harm: docker restart app-main-0a1b2c3",
  );
});

test("a program that takes no numbers is found out", () => {
  expect(() => {
    requireCounts(shop, ["api=2", "price=1"]);
  }).not.toThrow();
  expect(() => {
    requireCounts(shop, ["api=5", "price=1"]);
  }).toThrow(
    "api has 2 replicas instead of 5: the program of this project does not take numbers that it is told.",
  );
});

test("a stack that the engine has nothing of is told of with those that it has", () => {
  expect(describeNothing("shop/prid", "prid", ["shop/prod", "shop/dev", "blog/dev"])).toBe(
    "The engine has no container of the stack shop/prid. Did you mean prod? It has prod, dev of this project. Deploy it: npm run up -- --stack prid",
  );
  expect(describeNothing("shop/dev", "dev", [])).toBe(
    "The engine has no container of the stack shop/dev. Deploy it: npm run up",
  );
});

const told: Inspected = {
  Id: "abcdef".padEnd(64, "0"),
  Name: "/shop-dev-app-api-1-x",
  Created: "2026-11-27T09:00:00.5Z",
  Image: "sha256:1",
  RestartCount: 2,
  State: {
    ...{ Status: "running", OOMKilled: false, ExitCode: 0 },
    ...{
      StartedAt: "2026-11-27T09:00:01Z",
      FinishedAt: "0001-01-01T00:00:00Z",
      Health: { Status: "healthy" },
    },
  },
  Config: {
    Labels: {
      "flotilla.role": "replica",
      "flotilla.service": "app",
      "flotilla.pool": "api",
      "flotilla.replica": "api-1",
      other: "x",
    },
    Env: ["A=1=2", "B="],
  },
  HostConfig: { Memory: 1024 },
  Mounts: [{ Type: "volume", Name: "data", Source: "/var/lib", Destination: "/data" }],
  NetworkSettings: {
    Networks: { public: { IPAddress: "10.0.0.2", Aliases: ["api", "abcdef000000"] } },
    Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }], "81/tcp": null },
  },
};

test("what the engine says of a container is read once", () => {
  expect(readPart(told)).toMatchObject({
    ...{ title: "api-1", name: "shop-dev-app-api-1-x", service: "app", role: "replica", pool: "api" },
    ...{ health: "healthy", restarts: 2, memoryLimit: 1024, environment: { A: "1=2", B: "" } },
    networks: { public: { address: "10.0.0.2", aliases: ["api"] } },
    volumes: [{ name: "data", path: "/data" }],
    published: [{ address: "0.0.0.0", port: 8080, inside: "80/tcp" }],
  });
});

test.each([
  [{ replica: "api-1" }, "api-1"],
  [{ balancer: "price-balancer" }, "price-balancer"],
  [{ store: "main", server: "server" }, "main"],
  [{ store: "main", server: "server-2" }, "main-2"],
  [{ store: "main", server: "exporter" }, "main-exporter"],
  [{ server: "prometheus" }, "prometheus"],
])("%j is called %s", (labels, title) => {
  const all = Object.fromEntries(Object.entries(labels).map(([name, value]) => [`flotilla.${name}`, value]));
  expect(readPart({ ...told, Config: { ...told.Config, Labels: all } }).title).toBe(title);
});

test("labels are read from what the engine lists, too", () => {
  const labels = { role: "replica", made: "2026-11-27T09:00:00Z" };
  expect(readListedLabels("a=b,c,flotilla.role=replica,flotilla.made=2026-11-27T09:00:00Z")).toEqual(labels);
  expect(readLabels({ "flotilla.role": "replica", "x.role": "y" })).toEqual({ role: "replica" });
  expect(readLabels(null)).toEqual({});
});
