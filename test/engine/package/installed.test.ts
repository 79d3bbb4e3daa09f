import { realpathSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record, row } from "../support/rows";
import {
  createOutsideProject,
  type OutsideOptions,
  type OutsideProject,
  testedPackage,
} from "../support/outside-project";

const typescript = `import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Datastore, DatastoreEngine, LoadBalancedService, type PoolArgs, Strategy } from "flotilla";

const config = new pulumi.Config();
const cache = new Datastore("cache", { engine: DatastoreEngine.Redis, image: "redis:8.2" });
const api: PoolArgs = {
  image: "node:24-slim",
  port: 3000,
  replicas: config.getNumber("replicas") ?? 2,
  command: ["node", "/app/server.js"],
  files: { "/app/server.js": readFileSync("server.js.txt", "utf8") },
  env: { VERSION: config.require("version"), GRACEFUL: "false", LOG: "false" },
  healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 20 },
  stores: { REDIS_URL: cache.connection },
  strategy: Strategy.BlueGreen,
};
const shop = new LoadBalancedService("shop", { pools: { api }, balancer: { port: config.requireNumber("port") } });

export const url = shop.url;
export const replicas = shop.replicas;
`;

const module = `import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Datastore, LoadBalancedService, Monitoring, Strategy } from "flotilla";

const config = new pulumi.Config();
const shop = new LoadBalancedService("shop", {
  pools: {
    api: {
      image: "node:24-slim",
      port: 3000,
      replicas: config.getNumber("replicas") ?? 2,
      command: ["node", "/app/server.js"],
      files: { "/app/server.js": readFileSync("server.js.txt", "utf8") },
      env: { VERSION: config.require("version"), GRACEFUL: "false", LOG: "false" },
      healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 20 },
      strategy: Strategy.Rolling,
    },
  },
  balancer: { port: config.requireNumber("port") },
});

export const url = shop.url;
export const components = [Datastore, LoadBalancedService, Monitoring].map(({ name }) => name);
`;

const compiler = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  // The declarations themselves are checked too.
  skipLibCheck: false,
  module: "nodenext",
  target: "es2022",
  types: ["node"],
  noEmit: true,
};

const projects: (OutsideOptions & { title: string; expected: object })[] = [
  {
    title: "CommonJS and TypeScript",
    name: "outside-ts",
    files: {
      "Pulumi.yaml": "name: outside-ts\nruntime: nodejs\n",
      "index.ts": typescript,
      "tsconfig.json": JSON.stringify({ compilerOptions: compiler, files: ["index.ts"] }),
    },
    manifest: {},
    expected: {},
  },
  {
    title: "modules of JavaScript",
    name: "outside-esm",
    files: {
      "Pulumi.yaml": "name: outside-esm\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
      "index.js": module,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { ...compiler, allowJs: true, checkJs: true },
        files: ["index.js"],
      }),
    },
    manifest: { type: "module", main: "index.js" },
    expected: { components: ["Datastore", "LoadBalancedService", "Monitoring"] },
  },
];

describe.each(projects)("a project of $title with the packed package", (options) => {
  let project: OutsideProject | undefined;
  const outside = () => {
    if (project === undefined) throw new Error("The project is made before the tests.");
    return project;
  };
  beforeAll(async () => {
    const packages = [testedPackage("typescript"), testedPackage("@types/node")];
    project = await createOutsideProject({ ...options, packages });
  });
  afterAll(() => project?.remove());

  test("has the package, and one Pulumi", async () => {
    const { folder, run } = outside();
    expect(realpathSync(join(folder, "node_modules/flotilla"))).toBe(
      join(realpathSync(folder), "node_modules/flotilla"),
    );
    const found = await run("npm", "query", '[name="@pulumi/pulumi"]');
    expect((JSON.parse(found) as unknown[]).length).toBe(1);
  });

  test("passes the compiler, the package's declarations included", async () => {
    await expect(outside().run("npx", "tsc", "--project", ".")).resolves.toBe("");
  });

  test("is deployed, updated and scaled, and loses no request", async () => {
    const { configure, deploy, url, port, outputs } = outside();
    await configure({ version: "1", port: String(port) });
    const first = await deploy();
    const operation = `${options.name}: first deployment`;
    record({ operation, requests: 0, failed: 0, seconds: first.seconds, held: first.ok });
    expect(await outputs()).toMatchObject({ url: `http://localhost:${port}`, ...options.expected });

    await configure({ version: "2" });
    const { report } = await row({ operation: `${options.name}: new version`, target: url }, deploy);
    expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);

    await configure({ replicas: "3" });
    await row({ operation: `${options.name}: two replicas become three`, target: url }, deploy);

    const { text } = await outside().preview();
    expect(text).not.toMatch(/to (?:create|update|replace|delete)/);
  });
});
