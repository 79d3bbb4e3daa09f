import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { describeProblems } from "../../../components/arguments/problems";
import { readArguments } from "../../../components/arguments/parse";
import { serviceSchema } from "../../../components/service/schema";
import { Method, Strategy, type LoadBalancedServiceArgs } from "../../../components/types";
import { describeFaults } from "../../support/service";

const api = { image: "node:24", port: 3000 };

function describePool(fields: object): string[] {
  return describeFaults({ pools: { api: { ...api, ...fields } } });
}

const complete: LoadBalancedServiceArgs = {
  pools: {
    api: {
      build: {
        context: "./test/engine",
        dockerfile: "balancer/runtimes/Dockerfile",
        target: "run",
        args: { VERSION: "2" },
      },
      port: 3000,
      replicas: 50,
      env: { LOG: "debug", LATER: pulumi.output("x"), PROMISED: Promise.resolve("y") },
      secrets: { DB_PASSWORD: pulumi.secret("x") },
      secretFiles: { "/run/secrets/key": pulumi.secret("x") },
      files: { "/etc/app.conf": "a" },
      command: ["node", "main.js"],
      user: "1000:1000",
      mounts: [
        { path: "/data", volume: pulumi.output("data"), readOnly: true },
        { path: "/host", hostPath: "C:\\data" },
        { path: "/files", shared: "files" },
      ],
      healthCheck: {
        path: "/health?deep=1",
        intervalSeconds: 3,
        timeoutSeconds: 3,
        retries: 1,
        startSeconds: 1,
      },
      metrics: { port: 9000, path: "/figures" },
      limits: { cpus: 0.29, memoryMiB: 6 },
      reservations: { cpus: 0.29, memoryMiB: 6 },
      logs: { maxSizeMiB: 1, maxFiles: 1 },
      startAfter: ["db", "web"],
      networks: ["shared", pulumi.output("other")],
      strategy: Strategy.Rolling,
      balancing: {
        method: Method.RoundRobin,
        timeouts: { connectSeconds: 1, readSeconds: 5, sendSeconds: 5, retrySeconds: 6 },
      },
      drainSeconds: 3600,
      streamSeconds: 3600,
      stopSeconds: 0,
    },
    web: {
      image: `registry.example.com:5000/team/web:1@sha256:${"a".repeat(64)}`,
      port: 80,
      startAfter: ["db"],
    },
    db: { image: "postgres:17", port: 5432, reachableFrom: ["api"] },
  },
  routes: [
    { pool: "web" },
    { pool: "api", path: "/api" },
    { pool: "api", host: "api.example.com" },
    { pool: "web", host: "www.example.com" },
  ],
  balancer: {
    image: "nginx:1.30.4",
    port: 8080,
    address: "::1",
    limits: { memoryMiB: 64 },
    httpDirectives: ["gzip on;"],
    serverDirectives: ["client_max_body_size 10m;"],
  },
  registry: {
    mirror: "mirror.example.com:5000/hub",
    followTags: false,
    credentials: [{ address: "registry.example.com", username: "ci", password: pulumi.secret("x") }],
  },
};

test("accepts a service that uses every field", () => {
  expect(describeFaults(complete)).toEqual([]);
});

test("accepts one of two settings that bound each other, since the other follows", () => {
  expect(
    describePool({ healthCheck: { intervalSeconds: 2 }, balancing: { timeouts: { retrySeconds: 20 } } }),
  ).toEqual([]);
  expect(
    describePool({ healthCheck: { timeoutSeconds: 20 }, balancing: { timeouts: { readSeconds: 60 } } }),
  ).toEqual([]);
});

test("accepts the smallest service", () => {
  expect(describePool({})).toEqual([]);
});

describe("a pool", () => {
  const tls = { "/etc/tls": "hunter2" };
  // prettier-ignore
  const cases: [object, string][] = [
    [{ port: 80.5 }, "port must be a whole number from 1 to 65535, got 80.5. Set the port that each replica listens on."],
    [{ replicas: 0 }, "replicas must be a whole number from 1 to 1000, got 0. Set a number from 1 to 1000, or remove the pool."],
    [{ replicas: "3" }, 'replicas must be a whole number from 1 to 1000, got "3". Set a number from 1 to 1000, or remove the pool.'],
    [{ image: "Node 24" }, 'image must be the name of a Docker image, got "Node 24". Write it like nginx:1.30.4 or registry.example.com/team/app@sha256:….'],
    [{ image: undefined }, "image must be set, or build, got nothing. Set an image, or a build with its context."],
    [{ image: undefined, build: { context: "./missing" } }, `build.context must be a folder that is there, got "./missing". It is looked for as ${resolve("missing")}.`],
    [{ image: undefined, build: { context: "examples/shop/app", dockerfile: "docker/app" } }, `build.dockerfile must be a file that is there, got "docker/app". It is looked for as ${resolve("examples/shop/app/docker/app")}.`],
    [{ build: { context: "examples/shop/app" } }, "build must be left out where image is set, got an object. Keep one of the two."],
    [{ env: { "A-B": "hunter2" } }, 'env.A-B must have a name of letters, digits and underscores that does not start with a digit, got (hidden).'],
    [{ env: { A: 1 } }, "env.A must be a text, got (hidden)."],
    [{ env: { INSTANCE_ID: "1" } }, "env.INSTANCE_ID must be left to Flotilla, which sets it, got (hidden). Remove it."],
    [{ secrets: { INSTANCE_ID: "1" } }, "secrets.INSTANCE_ID must be left to Flotilla, which sets it, got (hidden). Remove it."],
    [{ env: { A: "1" }, secrets: { A: "1" } }, "secrets.A must be in env or in secrets, not in both, got (hidden). Keep it in secrets if nobody may read it."],
    [{ files: { "app.conf": "hunter2" } }, 'files["app.conf"] must stand under the absolute path of a file in the container, got (hidden).'],
    [{ files: tls, secretFiles: tls }, 'secretFiles["/etc/tls"] must have a path of its own in the container, got (hidden). Another mount or file has the same one.'],
    [{ mounts: [{ path: "data", volume: "a" }] }, 'mounts[0].path must be an absolute path in the container, below /, got "data".'],
    [{ mounts: [{ path: "/data" }] }, "mounts[0].shared must be set, or volume or hostPath, got nothing. Set the name of a shared volume, of any Docker volume, or a folder of the host."],
    [{ mounts: [{ path: "/data", volume: "a", hostPath: "/a" }] }, 'mounts[0].hostPath must be left out where volume is set, got "/a". Keep one of the two.'],
    [{ mounts: [{ path: "/data", shared: "a", volume: "b" }] }, 'mounts[0].volume must be left out where shared is set, got "b". Keep one of the two.'],
    [{ mounts: [{ path: "/data", shared: "My files" }] }, 'mounts[0].shared must be a name of at most 31 lower-case letters, digits and hyphens that starts with a letter, got "My files".'],
    [{ metrics: { path: "figures" } }, 'metrics.path must start with / and hold no spaces, got "figures".'],
    [{ mounts: [{ path: "/data", hostPath: "./a" }] }, 'mounts[0].hostPath must be an absolute path on the engine\'s host, got "./a".'],
    [{ mounts: [{ path: "/d", volume: "a" }, { path: "/d/", volume: "b" }] }, 'mounts[1].path must have a path of its own in the container, got "/d/". Another mount or file has the same one.'],
    [{ healthCheck: { path: "health" } }, 'healthCheck.path must start with / and hold no spaces, quotes, backslashes or any of ; { } # $, got "health".'],
    [{ healthCheck: { intervalSeconds: 2, timeoutSeconds: 3 } }, "healthCheck.timeoutSeconds must be at most intervalSeconds (2), got 3. Set it to 2 or less, or intervalSeconds to 3 or more."],
    [{ limits: { cpus: 0.001 } }, "limits.cpus must be a number above 0 in steps of 0.01, got 0.001."],
    [{ limits: { cpus: 0 } }, "limits.cpus must be a number above 0 in steps of 0.01, got 0."],
    [{ limits: { memoryMiB: 5 } }, "limits.memoryMiB must be a whole number of 6 or more, got 5. Docker accepts no less than 6 MiB."],
    [{ limits: { cpus: 1 }, reservations: { cpus: 2 } }, "reservations.cpus must be at most the limit (1), got 2. Lower it, or raise limits.cpus."],
    [{ logs: { driver: "Loki" } }, "logs.driver must be the name of one of Docker's log drivers, got \"Loki\". docker info lists those that the engine has."],
    [{ logs: { options: { "max-size": "5m" } } }, "logs.options.max-size must be left out, got \"5m\". Set logs.maxSizeMiB and logs.maxFiles: they hold for the engine's own copy, too."],
    [{ logs: { maxSizeMiB: 0 } }, "logs.maxSizeMiB must be a whole number of 1 or more, got 0."],
    [{ startAfter: ["api"] }, 'startAfter[0] must name another pool, got "api". Remove it.'],
    [{ startAfter: ["db"] }, 'startAfter[0] must name another pool, got "db". There are no other pools.'],
    [{ balancing: {timeouts: { readSeconds: 20, retrySeconds: 20 } } }, "balancing.timeouts.readSeconds must be less than retrySeconds (20), got 20. Or a request to a hung replica is never tried again."],
    [{ balancing: {timeouts: { connectSeconds: 76 } } }, "balancing.timeouts.connectSeconds must be a whole number from 1 to 75, got 76. Nginx waits no longer than 75 seconds for a connection."],
    [{ drainSeconds: 0 }, "drainSeconds must be a whole number from 1 to 3600, got 0."],
    [{ streamSeconds: -1 }, "streamSeconds must be a whole number from 0 to 3600, got -1."],
    [{ streamSeconds: 31 }, "streamSeconds must be at most drainSeconds (30), got 31. Set it lower, or drainSeconds higher."],
    [{ stopSeconds: 601 }, "stopSeconds must be a whole number from 0 to 600, got 601."],
    [{ command: [] }, "command must be a list of the program and its arguments, got an empty list."],
    [{ command: ["node", ""] }, 'command[1] must be a text that is not empty, got "".'],
    [{ networks: [""] }, 'networks[0] must be the name of a Docker network, got "".'],
    [{ strategy: "canary" }, 'strategy must be an update strategy, got "canary". Set blue-green or rolling.'],
    [{ balancing: { method: "rando" } }, 'balancing.method must be a balancing method, got "rando". Set least_conn or round-robin or ip_hash or hash or random.'],
    [{ user: "two words" }, 'user must be a user, or user:group, by name or number, got "two words".'],
  ];

  test.each(cases)("refuses %j", (fields, message) => {
    expect(describePool(fields)).toEqual([`pools.api.${message}`]);
  });

  test("refuses a key that nothing reads, and names the nearest one", () => {
    expect(describePool({ replica: 3 })).toEqual([
      'pools.api must have only known keys, got "replica". Did you mean replicas?',
    ]);
  });

  test.each([
    ["method", "method"],
    ["backups", "spares"],
    ["timeouts", "timeouts"],
  ])("refuses %s of before, and says that it is balancing.%s now", (before, now) => {
    expect(describePool({ [before]: 5 })).toEqual([
      `pools.api.${before} must be left out, got 5. Write it in balancing: balancing.${now}.`,
    ]);
  });

  test.each(["Api", "1st", "a_b", "a".repeat(32)])("refuses the name %s", (name) => {
    expect(describeFaults({ pools: { [name]: api } })).toEqual([
      `pools.${name} must have a name of at most 31 lower-case letters, digits and hyphens that starts with a letter, got "${name}". The name becomes a host name.`,
    ]);
  });

  test("refuses a name that means something else", () => {
    expect(describeFaults({ pools: { localhost: api } })).toEqual([
      'pools.localhost must have a name other than balancer, localhost, public, got "localhost".',
    ]);
  });
});

describe("a service", () => {
  const web = { image: "nginx", port: 80 };
  const from = (...reachableFrom: string[]) => ({ ...web, reachableFrom });
  const after = (...startAfter: string[]) => ({ ...web, startAfter });
  // prettier-ignore
  const cases: [string, unknown, string][] = [
    ["nothing at all", undefined, "args must be an object that describes the service, got nothing."],
    ["no pools", {}, "pools must be an object of pools by name, got nothing. Describe at least one pool with an image and a port."],
    ["an empty list of pools", { pools: {} }, "pools must hold at least one pool, got an empty object. Describe a pool with an image and a port."],
    ["a pool without anything", { pools: { api, web: null }, routes: [{ pool: "api" }, { pool: "web", path: "/w" }] }, "pools.web must be an object that describes a pool, got null."],
    ["reachableFrom of nobody", { pools: { api, web: from() } }, "pools.web.reachableFrom must name at least one pool, got an empty list. Remove it to make the pool public."],
    ["reachableFrom of itself", { pools: { api, web: from("api", "web") } }, 'pools.web.reachableFrom[1] must name another pool, got "web". Remove it.'],
    ["reachableFrom of a misspelt pool", { pools: { api, web: from("apii") } }, 'pools.web.reachableFrom[0] must name another pool, got "apii". Did you mean api?'],
    ["a circle", { pools: { api: { ...api, ...after("web") }, web: { ...from("api"), startAfter: ["db"] }, db: { ...from("web"), startAfter: ["api"] } } }, 'pools.api must start in an order without a circle, got "api after web after db after api". Change startAfter or reachableFrom: what reachableFrom names starts after the pool.'],
    ["a circle beside another pool", { pools: { api, web: after("jobs"), jobs: after("web") }, routes: [{ pool: "api" }, { pool: "web", path: "/w" }, { pool: "jobs", path: "/j" }] }, 'pools.web must start in an order without a circle, got "web after jobs after web". Change startAfter or reachableFrom: what reachableFrom names starts after the pool.'],
    ["two public pools without routes", { pools: { api, web } }, "routes must say which requests go to which public pool (api, web), got nothing. Add a route per public pool, or make pools internal with reachableFrom."],
    ["a public pool without a route", { pools: { api, web }, routes: [{ pool: "api" }] }, "pools.web must be named by a route, got nothing. Add a route to it, or make it internal with reachableFrom."],
    ["a route to a misspelt pool", { pools: { api }, routes: [{ pool: "apii" }] }, 'routes[0].pool must name a public pool, got "apii". Did you mean api?'],
    ["a route to an internal pool", { pools: { api, web: from("api") }, routes: [{ pool: "api" }, { pool: "web", path: "/w" }] }, 'routes[1].pool must name a public pool, got "web". Remove the route, or reachableFrom of web.'],
    ["two equal routes", { pools: { api }, routes: [{ pool: "api", host: "A.b" }, { pool: "api", host: "a.b", path: "/" }] }, 'routes[1] must differ from routes[0] in host or path, got "a.b/". Remove one.'],
    ["an empty list of routes", { pools: { api }, routes: [] }, "routes must hold at least one route, got an empty list. Remove it to send everything to the only public pool."],
    ["a route's path with a brace", { pools: { api }, routes: [{ pool: "api", path: "/a{" }] }, 'routes[0].path must start with / and hold no spaces, quotes, backslashes or any of { } ; ? #, got "/a{".'],
    ["a route's host with a port", { pools: { api }, routes: [{ pool: "api", host: "a.b:80" }] }, 'routes[0].host must be a host name without port or wildcard, got "a.b:80".'],
    ["a balancer's port", { pools: { api }, balancer: { port: 70000 } }, "balancer.port must be a whole number from 1 to 65535, got 70000."],
    ["a balancer's address", { pools: { api }, balancer: { address: "localhost" } }, 'balancer.address must be an IPv4 or IPv6 address, got "localhost".'],
    ["a balancer's reservation", { pools: { api }, balancer: { limits: { memoryMiB: 6 }, reservations: { memoryMiB: 7 } } }, "balancer.reservations.memoryMiB must be at most the limit (6), got 7. Lower it, or raise limits.memoryMiB."],
    ["a directive of two lines", { pools: { api }, balancer: { httpDirectives: ["a;\nb;"] } }, 'balancer.httpDirectives[0] must be one directive on one line, got "a;\\nb;". Make each directive an item of the list.'],
    ["a mirror with a scheme", { pools: { api }, registry: { mirror: "https://a.b/" } }, 'registry.mirror must be a registry, and a path in it, without scheme and closing slash, got "https://a.b/". Write it like mirror.example.com/hub.'],
    ["an empty password", { pools: { api }, registry: { credentials: [{ address: "a.b", username: "c", password: "" }] } }, "registry.credentials[0].password must be a password or token, got (hidden)."],
    ["no password", { pools: { api }, registry: { credentials: [{ address: "a.b", username: "c" }] } }, "registry.credentials[0].password must be a password or token, got nothing."],
    ["an output in place of a pool", { pools: { api, web: pulumi.output(web) }, routes: [{ pool: "api" }, { pool: "web", path: "/w" }] }, "pools.web must be an object that describes a pool, got an output."],
    ["an output in place of the pools", { pools: pulumi.output({ api }) }, "pools must be an object of pools by name, got an output. Describe at least one pool with an image and a port."],
    ["an unknown part", { pools: { api }, ballancer: {} }, 'args must have only known keys, got "ballancer". Did you mean balancer?'],
  ];

  test.each(cases)("refuses %s", (_, args, message) => {
    expect(describeFaults(args)).toEqual([message]);
  });

  test("refuses to have internal pools only", () => {
    expect(describeFaults({ pools: { api: from("web"), web: from("api") } })[1]).toBe(
      'pools must hold a pool without reachableFrom, or nothing would be reachable, got "api, web". Remove reachableFrom from the pool that clients use.',
    );
  });
});

test("reports wrong shapes and wrong combinations together", () => {
  const args = {
    pools: {
      api: { ...api, port: "x", build: {}, env: "hunter2" },
      web: { image: "nginx", port: 80, startAfter: ["db"] },
    },
    routes: [{ pool: "api", path: 1 }],
    balancer: [],
  };
  expect(describeProblems('LoadBalancedService "shop"', readArguments(serviceSchema, args).problems)).toBe(
    `LoadBalancedService "shop" has 8 problems:
  balancer must be an object that describes the balancer, got an empty list.
  pools.api.build must be left out where image is set, got an object. Keep one of the two.
  pools.api.build.context must be the path of a folder, got nothing. Set it relative to the project's folder, like ./app.
  pools.api.env must be an object of texts by name, got (hidden).
  pools.api.port must be a whole number from 1 to 65535, got "x". Set the port that each replica listens on.
  pools.web must be named by a route, got nothing. Add a route to it, or make it internal with reachableFrom.
  pools.web.startAfter[0] must name another pool, got "db". The other pools are api.
  routes[0].path must be a path, or a regular expression, without spaces and quotes, got 1.`,
  );
});

test("puts a single problem on one line", () => {
  expect(
    describeProblems(
      'LoadBalancedService "shop"',
      readArguments(serviceSchema, { pools: { api: { ...api, port: 0 } } }).problems,
    ),
  ).toBe(
    'LoadBalancedService "shop": pools.api.port must be a whole number from 1 to 65535, got 0. Set the port that each replica listens on.',
  );
});

test("never shows a value of an environment, a secret, a file or a password", () => {
  const secret = "hunter2";
  const wrong = [
    { "not a name": 7, [`A=${secret}`]: secret, A: [secret] },
    [secret],
    secret,
    { "x/": secret },
  ];
  const texts = wrong.flatMap((value) => [
    ...["env", "secrets", "secretFiles", "files"].flatMap((field) => describePool({ [field]: value })),
    ...describePool({ secrt: value, [`A=${secret}`]: value }),
    ...describeFaults({
      pools: { api },
      registry: { credentials: [{ address: 1, username: 2, password: value }] },
    }),
  ]);
  expect(texts.length).toBeGreaterThan(20);
  expect(texts.filter((text) => text.includes(secret))).toEqual([]);
});
