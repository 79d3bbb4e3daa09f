import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  addRun,
  dropFiles,
  findMissingRows,
  readProof,
  type Proof,
  type ProofRun,
} from "../../cli/proof-file";
import { drawPages } from "../../cli/proof-pages";
import type { ProofRow } from "../../cli/proof-report";
import { root } from "./support/pages";

describe("the figures in the documentation are those of docs/proof.json; FLOTILLA_WRITE_DOCS=true draws them anew", async () => {
  test.each(Object.entries(await drawPages(readProof())))("%s", (path, drawn) => {
    if (process.env.FLOTILLA_WRITE_DOCS === "true") writeFileSync(join(root, path), drawn);
    expect(readFileSync(join(root, path), "utf8")).toBe(drawn);
  });
});

test("they are of tests that there are", () => {
  expect(Object.keys(readProof().files).filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

const machine = { date: "2026-01-01", cores: 2, memoryGiB: 8, system: "Debian", engine: "29", standIns: [] };
const runOf = (commit: string): ProofRun => ({ commit, ...machine });
const rowOf = (file: string, operation: string): ProofRow => ({
  ...{ suite: "core", file, operation, result: "held", requests: 1, failed: 0, seconds: 1 },
});
const nothing: Proof = { runs: [], files: {} };

describe("a run that is taken over", () => {
  const first = addRun(nothing, runOf("one"), [rowOf("b", "old"), rowOf("a", "kept")]);
  const second = addRun(first, runOf("two"), [rowOf("b", "new"), rowOf("b", "newer")]);

  test("replaces the rows of its files, and leaves the others with their own commit", () => {
    const told = Object.entries(second.files).map(([file, { run, rows }]) => [
      file,
      second.runs[run]?.commit,
      ...rows.map(({ operation }) => operation),
    ]);
    expect(told).toEqual([
      ["a", "one", "kept"],
      ["b", "two", "new", "newer"],
    ]);
  });

  test("leaves no run of which nothing is left", () => {
    const third = addRun(second, runOf("three"), [rowOf("a", "kept")]);
    expect(third.runs.map(({ commit }) => commit)).toEqual(["two", "three"]);
    expect(third.files.a?.run).toBe(1);
    expect(dropFiles(third, (file) => file === "b")).toMatchObject({
      runs: [{ commit: "two" }],
      files: { b: { run: 0 } },
    });
  });
});

test("rows that a file did not tell are named, as often as they are missing", () => {
  const rows = [rowOf("a", "x"), rowOf("a", "x"), rowOf("a", "y"), { ...rowOf("a", "y"), example: "shop" }];
  const proof = addRun(nothing, runOf("one"), rows);
  expect(findMissingRows(proof, "a", [rowOf("a", "x"), rowOf("a", "new"), rowOf("a", "y")])).toEqual([
    "x",
    "shop: y",
  ]);
  expect(findMissingRows(proof, "a", rows)).toEqual([]);
  expect(findMissingRows(proof, "unknown", [])).toEqual([]);
});
