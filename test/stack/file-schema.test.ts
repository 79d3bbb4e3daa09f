import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { JsonSchema } from "../../stack/file-schema";
import { settingKeys } from "../../stack/findings";
import { findBlocks, pages } from "../docs/support/pages";
import { findSettings } from "../docs/support/stack";
import { readYaml } from "../support/stack-settings";

const root = join(__dirname, "../..");
const schema = JSON.parse(readFileSync(join(root, "stack.schema.json"), "utf8")) as JsonSchema;
const validator = z.fromJSONSchema(schema);

function isValid(file: unknown): boolean {
  return validator.safeParse(file).success;
}

const folders = [".", ...readdirSync(join(root, "examples")).map((name) => `examples/${name}`)];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => /^Pulumi\.\w+\.yaml$/.test(name))
    .map((name) => `${folder}/${name}`),
);
const blocks = pages.flatMap((page) =>
  findBlocks(page, "yaml").map(({ text }, index) => ({ title: `${page.path}, ${index + 1}`, text })),
);
const ofStacks = blocks.filter(({ text }) => findSettings(text) !== undefined);

describe("the schema of stack files", () => {
  test.each(files)("accepts %s", (file) => {
    expect(isValid(readYaml(readFileSync(join(root, file), "utf8")))).toBe(true);
  });

  test.each(ofStacks)("accepts what the guides show: $title", ({ text }) => {
    expect(isValid({ config: findSettings(text) })).toBe(true);
  });

  test("has every setting, each with a sentence", () => {
    const { config } = schema.properties ?? {};
    const settings = typeof config === "object" ? (config.properties ?? {}) : {};
    expect(Object.keys(settings)).toEqual(settingKeys.map((key) => `flotilla:${key}`));
    const { "flotilla:pools": pools } = settings;
    const pool =
      typeof pools === "object" && typeof pools.additionalProperties === "object"
        ? pools.additionalProperties
        : {};
    const unsaid = Object.entries(pool.properties ?? {}).filter(
      ([, property]) => typeof property !== "object" || property.description === undefined,
    );
    expect(unsaid.map(([name]) => name)).toEqual([]);
  });
});

describe("the schema refuses", () => {
  test.each([
    ["a misspelt setting", { "flotilla:pool": {} }],
    ["a misspelt field", { "flotilla:pools": { api: { prot: 1 } } }],
    ["a field in the wrong place", { "flotilla:pools": { api: { method: "hash" } } }],
    ["a port that there is not", { "flotilla:pools": { api: { port: 70000 } } }],
    ["a text for a number", { "flotilla:balancer": { port: "http" } }],
    ["values for secrets", { "flotilla:pools": { api: { secrets: { KEY: "x" } } } }],
    ["an unknown engine", { "flotilla:datastores": { cache: { engine: "rediss" } } }],
    ["sources of a monitoring", { "flotilla:monitoring": { sources: [] } }],
    ["a plain secret", { "flotilla:TOKEN": "x" }],
  ])("%s", (_, config) => {
    expect(isValid({ config })).toBe(false);
  });
});

test("settings of others, and encrypted ones, stand beside", () => {
  const config = { "docker:host": "ssh://x", "shop:color": "red", "flotilla:TOKEN": { secure: "v1:x" } };
  expect(isValid({ config, encryptionsalt: "v1:x" })).toBe(true);
});
