import { describe, expect, test } from "vitest";
import { findAnchors, findInlineCode, findRows, pages, readPage } from "./support/pages";
import { findBrokenLinks, findMissingPaths, findUnsaid, isSetting } from "./support/references";

describe.each(pages)("$path", (page) => {
  test("has no link that leads nowhere", () => {
    expect(findBrokenLinks(page)).toEqual([]);
  });

  test("names no path of the project that there is not", () => {
    expect(findMissingPaths(page)).toEqual([]);
  });
});

test("links and paths that lead nowhere are found", () => {
  const path = "docs/updates.md";
  const text =
    "## A `title`: here\n[a](nothing.md) [b](stores.md#nothing) [c](#a-title-here) [d](#e) `cli/nothing.ts`";
  expect(findAnchors({ text })).toEqual(["a-title-here"]);
  expect(findBrokenLinks({ path, text })).toEqual(["nothing.md", "stores.md#nothing", "#e"]);
  expect(findMissingPaths({ text })).toEqual(["cli/nothing.ts"]);
});

test("every guide is in the index", () => {
  const { text } = readPage("docs/README.md");
  const guides = pages
    .map(({ path }) => path)
    .filter((path) => path.startsWith("docs/") && path !== "docs/README.md");
  expect(guides.filter((path) => !text.includes(`(${path.slice("docs/".length)})`))).toEqual([]);
});

describe("a message in the guide to symptoms is one that a program says", () => {
  const guide = readPage("docs/troubleshooting.md");
  const cells = ["message", "what it says"].flatMap((head) =>
    findRows(guide, head).map(([cell = ""]) => cell),
  );
  const messages = cells
    .filter((cell) => !cell.endsWith("(Pulumi)"))
    .flatMap((text) => findInlineCode({ text }))
    .filter((code) => code !== "passwordVersion");

  test.each(messages)("%s", (message) => {
    expect(findUnsaid(message)).toEqual([]);
  });

  test("and one that none says is found", () => {
    expect(findUnsaid("The replica … is tired and needs …")).toEqual(["is tired and needs"]);
  });
});

describe("the guide for those who come from Compose and Nginx", () => {
  const guide = readPage("docs/from-compose.md");
  const settings = ["Compose", "Nginx"].flatMap((head) =>
    findRows(guide, head).flatMap(([, text = ""]) =>
      findInlineCode({ text }).filter((code) => /^[a-z][\w.]*$/i.test(code) && !code.includes("INSTANCE_ID")),
    ),
  );

  test.each([...new Set(settings)])("names a setting that there is: %s", (setting) => {
    expect(isSetting(setting)).toBe(true);
  });

  test("and one that there is not would be found", () => {
    expect(isSetting("balancer.prot")).toBe(false);
  });
});

describe("the guide to capacity calculates", () => {
  const guide = readPage("docs/scaling.md");
  const numbers = (head: string, columns: number) =>
    findRows(guide, head)
      .filter((cells) => cells.length === columns)
      .map((cells) => cells.map(Number));

  test("requests per second", () => {
    const rows = numbers("replicas", 4);
    expect(rows.length).toBeGreaterThan(5);
    for (const [replicas = 0, concurrency = 0, seconds = 0, answer = 0] of rows)
      expect(answer).toBeCloseTo((replicas * concurrency) / seconds);
  });

  test("the chatbot's replicas, what they need, and what that costs", () => {
    const rows = numbers("requests per minute", 5);
    const ranges = new Map([
      [100, { replicas: [2, 3], processors: [2, 4], memory: [4, 4] }],
      [500, { replicas: [3, 5], processors: [4, 6], memory: [8, 8] }],
      [1000, { replicas: [5, 8], processors: [6, 8], memory: [12, 16] }],
      [2000, { replicas: [8, Infinity], processors: [12, Infinity], memory: [24, Infinity] }],
    ]);
    expect(rows.map(([perMinute = 0]) => perMinute)).toEqual([...ranges.keys()]);
    for (const [perMinute = 0, replicas = 0, processors = 0, memory = 0, cost = 0] of rows) {
      expect(replicas).toBe(Math.ceil(((perMinute / 60) * 5) / (20 * 0.7)) + 1);
      expect([processors, memory, cost]).toEqual([replicas, 2 * replicas, processors * 10 + memory * 2]);
      for (const [value, [least = 0, most = 0] = []] of [
        [replicas, ranges.get(perMinute)?.replicas],
        [processors, ranges.get(perMinute)?.processors],
        [memory, ranges.get(perMinute)?.memory],
      ] as const) {
        expect(value).toBeGreaterThanOrEqual(least);
        expect(value).toBeLessThanOrEqual(most);
      }
    }
  });

  test("memory", () => {
    const rows = numbers("replicas", 5);
    expect(rows.length).toBeGreaterThan(1);
    for (const [replicas = 0, limit = 0, ...rest] of rows)
      expect(rest).toEqual([replicas * limit, 2 * replicas * limit, replicas * limit]);
  });
});
