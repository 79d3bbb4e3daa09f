import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeProblem } from "../../components/arguments/problems";
import { loadConfig } from "../../config";
import { applyOverrides } from "../../stack/overrides";
import { configure, useStack } from "../support/stack-settings";

const stack = () =>
  new Map<string, unknown>([
    ["pools", { api: { image: "api:1", port: 3000, env: { LOG_LEVEL: "info" }, "odd.key": 1 } }],
    ["routes", [{ path: "/", pool: "api" }]],
    ["balancer", { port: 8080 }],
    ["registry", undefined],
  ]);

function apply(...lines: string[]) {
  const { settings, problems } = applyOverrides(stack(), lines.join("\n"), (key) => key === "JWT_SECRET");
  return { ...Object.fromEntries(settings), problems: problems.map(describeProblem) };
}

describe("settings of one run", () => {
  test.each([
    ["pools.api.port=4000", { pools: { api: { port: 4000 } } }],
    ["pools.api.env.LOG_LEVEL=debug", { pools: { api: { env: { LOG_LEVEL: "debug" }, image: "api:1" } } }],
    ["pools.api.limits.memoryMiB=512", { pools: { api: { limits: { memoryMiB: 512 } } } }],
    ['pools.api["odd.key"]=2', { pools: { api: { "odd.key": 2 } } }],
    ["pools.api.env.EMPTY=", { pools: { api: { env: { EMPTY: "" } } } }],
    ["pools.api.env.QUERY=a=b", { pools: { api: { env: { QUERY: "a=b" } } } }],
    ['pools.api.command=["node", "x.js"]', { pools: { api: { command: ["node", "x.js"] } } }],
    ["routes[0].path=/api", { routes: [{ path: "/api", pool: "api" }] }],
    ['routes[1]={"path":"/b","pool":"api"}', { routes: [{ path: "/" }, { path: "/b" }] }],
    ["registry.mirror=mirror:5000", { registry: { mirror: "mirror:5000" } }],
    ["balancer.port=9090\nbalancer.port=9091", { balancer: { port: 9091 } }],
  ])("%s", (line, expected) => {
    const { problems, ...settings } = apply(line);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject(expected);
  });

  test("leave what the file says as it was", () => {
    const settings = stack();
    applyOverrides(settings, "pools.api.env.LOG_LEVEL=debug", () => false);
    expect(settings).toEqual(stack());
  });

  test.each([
    ["pool.api.port=1", 'FLOTILLA_SET must have only known keys, got "pool". Did you mean pools?'],
    [
      "pools.apo.port=1",
      'FLOTILLA_SET.pools must name pools of the configuration, got "apo". Did you mean api?',
    ],
    [
      "JWT_SECRET=hunter2",
      'FLOTILLA_SET must name settings that are not encrypted, got "JWT_SECRET". Run `pulumi config set --secret JWT_SECRET`.',
    ],
    ["pools.api.port", 'FLOTILLA_SET must be a path, = and a value, got "pools.api.port".'],
    ["pools..api=hunter2", 'FLOTILLA_SET must be a path, = and a value, got "pools..api=…".'],
    ["=hunter2", 'FLOTILLA_SET must be a path, = and a value, got "=…".'],
    [
      "routes[2].path=/",
      "routes[2].path must name an entry of a list, or the one after its last, got a list of 1.",
    ],
    ["balancer.port.x=1", "balancer.port.x must name a key of an object, got 8080."],
    ["pools.__proto__.x=1", 'FLOTILLA_SET.pools must name pools of the configuration, got "__proto__".'],
  ])("%s is refused", (line, message) => {
    const { problems } = apply(line);
    expect(problems.join()).toContain(message);
    expect(problems.join()).not.toContain("hunter2");
  });
});

describe("the configuration", () => {
  beforeEach(async () => {
    await useStack();
    configure({ pools: { api: { image: "api:1", port: 3000, secrets: ["TOKEN"] } } }, { TOKEN: "x" });
  });
  afterEach(() => {
    delete process.env.FLOTILLA_SET;
  });

  test("is read with the settings of this run", () => {
    process.env.FLOTILLA_SET = "pools.api.port=4000\nbalancer.port=9090";
    const { service } = loadConfig(undefined);
    expect(service).toMatchObject({ pools: { api: { port: 4000 } }, balancer: { port: 9090 } });
  });

  test.each([
    ["TOKEN=hunter2", "FLOTILLA_SET must name settings that are not encrypted"],
    ["balancer.pot=1", "balancer must have only known keys"],
  ])("refuses %s", (line, message) => {
    process.env.FLOTILLA_SET = line;
    expect(() => loadConfig(undefined)).toThrow(message);
  });
});
