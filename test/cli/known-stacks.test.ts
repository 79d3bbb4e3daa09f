import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refuseUnknown } from "../../cli/known-stacks";
import { describeCounts, refuseUnknownPools } from "../../cli/operator/pools";
import { findYamlFault, listWritten } from "../../cli/project-yaml";
import { shop } from "../support/parts";

const folder = mkdtempSync(join(tmpdir(), "flotilla-stacks-"));
const empty = mkdtempSync(join(tmpdir(), "flotilla-stacks-"));

beforeAll(() => {
  writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\n");
  writeFileSync(
    join(folder, "Pulumi.prod.yaml"),
    "config:\n  flotilla:pools:\n    api: {port: 1}\n    web: {port: 2}\n",
  );
});
afterAll(() => {
  for (const each of [folder, empty]) rmSync(each, { recursive: true });
});

describe("a stack that is not there yet", () => {
  test("is made where it has a file, or no stack of the project has", () => {
    expect(() => {
      refuseUnknown("prod", folder);
      refuseUnknown("owner/shop/prod", folder);
      refuseUnknown("any", empty);
    }).not.toThrow();
  });

  test("is a mistyped one otherwise, and is not made", () => {
    expect(() => {
      refuseUnknown("prdo", folder);
    }).toThrow(
      "There is no stack prdo. Did you mean prod? The project has prod. For a new one, write its settings into Pulumi.prdo.yaml.",
    );
  });
});

describe("numbers of replicas", () => {
  test("are for pools that run, or that the stack's file has", () => {
    expect(() => {
      refuseUnknownPools(shop, ["price=2", "web=3"], "prod", folder);
    }).not.toThrow();
  });

  test("of a pool that is neither are refused by the name as it was typed", () => {
    expect(() => {
      refuseUnknownPools(shop, ["api=1", "wbe=3"], "prod", folder);
    }).toThrow("The stack prod has no pool wbe. Did you mean web?\nIts pools: api, price, web.");
  });

  test("are told with those of before", () => {
    expect(describeCounts(shop, ["api=5", "price=1"])).toBe(
      "api has 5 replicas, and had 2; price has 1 replica.",
    );
    expect(describeCounts([], ["api=1"])).toBe("api has 1 replica.");
  });
});

test("a file that is no YAML is told with its line, and has no pools", () => {
  expect(findYamlFault(folder, "prod")).toBeUndefined();
  writeFileSync(join(empty, "Pulumi.dev.yaml"), "config:\n  a: {b: 1\n  c: 2\n");
  expect(findYamlFault(empty, "dev")).toMatch(/^Pulumi\.dev\.yaml, line 3, column \d+: .+\.$/);
  expect(listWritten(folder, "prod", "pools")).toEqual(["api", "web"]);
  expect(listWritten(empty, "prod", "pools")).toEqual([]);
});
