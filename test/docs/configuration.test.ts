// Every YAML block with settings of Flotilla is read as a stack's file. Most show a part of one: what it takes for granted
// (an image, a pool that a route names, files, secrets) is added, and nothing else.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../config";
import { readArguments } from "../../cli/arguments";
import { findCommands } from "./support/commands";
import { findBlocks, pages, root } from "./support/pages";
import { completeStack, findSettings, readYaml } from "./support/stack";

const blocks = pages.flatMap((page) =>
  findBlocks(page, "yaml").map(({ text }, index) => ({ title: `${page.path}, ${index + 1}`, text })),
);
const ofStacks = blocks.filter(({ text }) => findSettings(text) !== undefined);
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "flotilla-docs-"));
  process.chdir(folder);
  const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(mocks, "flotilla", "dev");
});

afterEach(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true });
  delete process.env.FLOTILLA_REPLICAS;
  delete process.env.FLOTILLA_SET;
});

/** What is wrong with a part of a stack's file. */
function refuse(text: string): string {
  const { config, secrets } = completeStack(findSettings(text) ?? {});
  pulumi.runtime.setAllConfig(config, secrets);
  try {
    loadConfig(undefined);
    return "nothing";
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return error.message;
    throw error;
  }
}

describe("YAML of the documentation can be read", () => {
  test.each(blocks)("$title", ({ text }) => {
    expect(readYaml(text)).toBeDefined();
  });
});

describe("a stack of the documentation is accepted", () => {
  test.each(ofStacks)("$title", ({ text }) => {
    expect(refuse(text)).toBe("nothing");
  });
});

describe("a stack with a mistake is refused", () => {
  test.each([
    ["flotilla:pools: { api: { prot: 3000 } }", 'have only known keys, got "prot"'],
    ["flotilla:routes: [{ pool: api, cash: {} }]", 'have only known keys, got "cash"'],
    ["flotilla:balancer: { port: 80, tls: { hsts: true } }", "balancer.tls.hsts must be"],
    ["flotilla:datastores: { cache: { engine: rediss } }", "datastores.cache.engine must be"],
    ["flotilla:pools: { api: { stores: { URL: cache } } }", "pools.api.stores.URL must name a datastore"],
    ["flotilla:monitoring: { prot: 1 }", 'have only known keys, got "prot"'],
    ["flotilla:pool: {}", "Did you mean pools?"],
  ])("%s", (text, fault) => {
    expect(refuse(text)).toContain(fault);
  });
});

/** Runs of the stacks that come with the project, with numbers of replicas or settings that their files have. */
const runs = new Map(
  pages
    .flatMap(findCommands)
    .filter(
      ([program, run, name = ""]) => program === "npm" && run === "run" && ["up", "preview"].includes(name),
    )
    .flatMap(([, , name = "", , ...words]) => {
      const asked = readArguments([name, ...words]);
      const stands = (asked?.settings ?? []).every((setting) => /^(?:pools\.api|balancer)\./.test(setting));
      const isWanted = asked?.replicas !== undefined || (asked?.settings.length ?? 0) > 0;
      return asked !== undefined && isWanted && stands && ["dev", "prod"].includes(asked.stack)
        ? [[`npm run ${[name, "--", ...words].join(" ")}`, asked] as const]
        : [];
    }),
);

test.each([...runs])("%s is possible with the stack's file", (_, { stack, replicas, settings }) => {
  process.chdir(root);
  const { config } = readYaml(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const texts = Object.entries(config).map(([key, value]) => [key, JSON.stringify(value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
  if (replicas !== undefined) process.env.FLOTILLA_REPLICAS = replicas;
  if (settings.length > 0) process.env.FLOTILLA_SET = settings.join("\n");
  expect(Object.keys(loadConfig(undefined).service.pools)).toEqual(["api", "worker"]);
});
