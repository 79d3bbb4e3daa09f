// Every YAML block with settings of Flotilla is read as a stack's file. Most show a part of one: what it takes for granted
// (an image, a pool that a route names, files, secrets) is added, and nothing else.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../config";
import { commands } from "../../cli/clone-commands";
import { readCall } from "../../cli/reading";
import { enterFolder } from "../support/folders";
import { configure, readError, readYaml, useStack } from "../support/stack-settings";
import { findCommands } from "./support/commands";
import { findBlocks, pages, root } from "./support/pages";
import { completeStack, findSettings } from "./support/stack";

const blocks = pages.flatMap((page) =>
  findBlocks(page, "yaml").map(({ text }, index) => ({ title: `${page.path}, ${index + 1}`, text })),
);
const ofStacks = blocks.filter(({ text }) => findSettings(text) !== undefined);

beforeEach(async () => {
  enterFolder();
  await useStack();
});

afterEach(() => {
  delete process.env.FLOTILLA_REPLICAS;
  delete process.env.FLOTILLA_SET;
});

/** What is wrong with a part of a stack's file. */
function refuse(text: string): string {
  const { config, secrets } = completeStack(findSettings(text) ?? {});
  pulumi.runtime.setAllConfig(config, secrets);
  return readError();
}

describe("YAML of the documentation can be read", () => {
  test.each(blocks)("$title", ({ text }) => {
    expect(readYaml(text)).toBeDefined();
  });
});

describe("a stack of the documentation is accepted", () => {
  test.each(ofStacks)("$title", ({ text }) => {
    expect(refuse(text)).toBe("no error");
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

interface RunOptions {
  stack: string;
  replicas: string[];
  set: string[];
}

/** Runs of the stacks that come with the project, with numbers of replicas or settings that their files have. */
const runs = new Map(
  pages
    .flatMap(findCommands)
    .filter(
      ([program, run, name = ""]) => program === "npm" && run === "run" && ["up", "preview"].includes(name),
    )
    .flatMap(([, , name = "", , ...words]) => {
      const call = readCall(commands, [name, ...words]);
      if (typeof call === "string") return [];
      const { stack, replicas, set } = call.given as unknown as RunOptions;
      const stands = set.every((setting) => /^(?:pools\.api|balancer)\./.test(setting));
      const isWanted = replicas.length > 0 || set.length > 0;
      return isWanted && stands && ["dev", "prod"].includes(stack)
        ? [[`npm run ${[name, "--", ...words].join(" ")}`, { stack, replicas, set }] as const]
        : [];
    }),
);

test.each([...runs])("%s is possible with the stack's file", (_, { stack, replicas, set }) => {
  process.chdir(root);
  const { config } = readYaml(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  configure(config);
  if (replicas.length > 0) process.env.FLOTILLA_REPLICAS = replicas.join(",");
  if (set.length > 0) process.env.FLOTILLA_SET = set.join("\n");
  expect(Object.keys(loadConfig(undefined).service.pools)).toEqual(["api", "worker"]);
});
