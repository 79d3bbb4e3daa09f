import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, findRunning } from "../support/engine";
import { record, row } from "../support/rows";
import { createOutsideProject, type OutsideProject } from "../support/outside-project";

/** The stack that has the store, and a network that others may join. */
const platform = `const pulumi = require("@pulumi/pulumi");
const { readFileSync } = require("node:fs");
const { Datastore, LoadBalancedService } = require("flotilla");

const port = new pulumi.Config().requireNumber("port");
const cache = new Datastore("cache", { engine: "redis", image: "redis:8.2" });
const shop = new LoadBalancedService("shop", {
  pools: {
    api: {
      image: "node:24-slim",
      port: 3000,
      command: ["node", "/app/server.js"],
      files: { "/app/server.js": readFileSync("server.js.txt", "utf8") },
      env: { LOG: "false" },
      healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 20 },
    },
  },
  balancer: { port },
});

exports.cache = cache.connection;
exports.networks = shop.networks;
exports.containers = shop.containers;
exports.cacheContainers = cache.containers;
`;

/** The stack of another team, which uses both. */
const guest = `const pulumi = require("@pulumi/pulumi");
const { readFileSync } = require("node:fs");
const { LoadBalancedService } = require("flotilla");

const config = new pulumi.Config();
const platform = new pulumi.StackReference(config.require("platform"));
const reports = new LoadBalancedService("reports", {
  pools: {
    web: {
      image: "node:24-slim",
      port: 3000,
      replicas: 2,
      command: ["node", "/app/server.js"],
      files: { "/app/server.js": readFileSync("server.js.txt", "utf8") },
      env: { LOG: "false", GRACEFUL: "false", VERSION: config.require("version") },
      healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 20 },
      stores: { REDIS_URL: platform.requireOutput("cache") },
      networks: [platform.requireOutput("networks").apply((networks) => networks.public)],
    },
  },
  balancer: { port: config.requireNumber("port") },
});

exports.containers = reports.containers;
`;

/** A program for a replica that says PING to the store that it was given. */
const ask = `const { connect } = require("node:net");
const { hostname, port, username, password } = new URL(process.env.REDIS_URL);
const socket = connect(Number(port), hostname, () => socket.write("AUTH " + [username, decodeURIComponent(password)].join(" ") + "\\r\\nSET of-a-guest 1\\r\\nGET of-a-guest\\r\\n"));
let text = "";
socket.on("data", (chunk) => { text += chunk; if (/\\$1\\r\\n1/.test(text)) { console.log("kept"); socket.end(); } });
setTimeout(() => { console.log("no answer: " + text); process.exit(1); }, 5000).unref();`;

describe("a second stack", () => {
  let first: OutsideProject | undefined;
  let second: OutsideProject | undefined;
  const stacks = () => {
    if (first === undefined || second === undefined) throw new Error("The stacks are made before the tests.");
    return { first, second };
  };
  const pulumiFile = (name: string) =>
    `name: ${name}\nmain: index.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`;
  beforeAll(async () => {
    const manifest = { main: "index.js" };
    first = await createOutsideProject({
      name: "platform",
      manifest,
      files: { "Pulumi.yaml": pulumiFile("platform"), "index.js": platform },
    });
    await first.configure({ port: String(first.port) });
    await first.deploy();
    second = await createOutsideProject({
      name: "guest",
      manifest,
      beside: first,
      files: { "Pulumi.yaml": pulumiFile("guest"), "index.js": guest },
    });
    await second.configure({
      port: String(second.port),
      version: "1",
      platform: `organization/platform/${first.stack}`,
    });
  });
  afterAll(async () => {
    await second?.remove();
    await first?.remove();
  });

  test("uses the store and a network of the first by stack reference", async () => {
    const { first: host, second: user } = stacks();
    const { seconds } = await user.deploy();
    record({ operation: "second stack: deployment", requests: 0, failed: 0, seconds, held: true });
    const [web = ""] = await findRunning(user.label, "flotilla.replica=web-1");
    expect(await docker("exec", web, "node", "-e", ask)).toBe("kept");

    const { containers } = (await host.outputs()) as { containers: { api: [string] } };
    const [api] = containers.api;
    const fetchApi = `fetch("http://${api}:3000/").then((answer) => console.log(answer.status))`;
    expect(await docker("exec", web, "node", "-e", fetchApi)).toBe("200");
  });

  test("keeps the password of the store encrypted", async () => {
    const { second: user } = stacks();
    const state = await user.run("pulumi", "stack", "export", `--stack=${user.stack}`);
    const { cache } = (await stacks().first.outputs()) as { cache: { url: string } };
    const { password } = new URL(cache.url);
    expect(password.length).toBeGreaterThan(10);
    expect(state).not.toContain(password);
  });

  test("is updated without a lost request, and so is the first", async () => {
    const { first: host, second: user } = stacks();
    await user.configure({ version: "2" });
    await row({ operation: "second stack: new version", target: user.url }, user.deploy);
    const { result } = await row(
      {
        operation: "first stack: an update that finds nothing to do, while the second uses it",
        target: user.url,
      },
      host.deploy,
    );
    expect(result.changes).toMatchObject({ create: 0, replace: 0, delete: 0 });
  });
});
