import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listAlerts, rateWindow, renderRules } from "../../monitoring/rules";
import { renderTargets } from "../../monitoring/targets";
import { renderYaml } from "../../monitoring/yaml";
import { defaultSettings, goldenTexts } from "../support/monitoring";

const folder = join(__dirname, "..", "golden", "monitoring");
const update = process.env.UPDATE_GOLDEN === "1";

describe("the settings", () => {
  test.each(Object.entries(goldenTexts))("%s are those of the golden file", (name, text) => {
    const file = join(folder, name);
    if (update) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, "utf8"));
  });

  test("have no golden file too many", () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(goldenTexts).sort());
  });
});

describe("the alerts", () => {
  const { thresholds: defaultThresholds } = defaultSettings;
  const alerts = listAlerts(defaultThresholds);
  const page = readFileSync(join(__dirname, "..", "..", "docs", "monitoring.md"), "utf8");

  test("are each explained in the documentation, with how urgent they are and whether a deployment keeps them quiet", () => {
    const sections = [...page.matchAll(/^### (\w+)\n\n(\w+)(.*)$/gm)].map(
      ([, alert, severity = "", rest = ""]) => [alert, severity.toLowerCase(), /, quiet\b/.test(rest)],
    );
    expect(sections).toEqual(
      alerts.map(({ alert, severity, duringDeployments }) => [
        alert,
        severity,
        duringDeployments === "quiet",
      ]),
    );
  });

  test("are explained with the thresholds that they have by default", () => {
    const named = [...page.matchAll(/`(?:thresholds\.)?(\w+)` \(([\d.]+)\)/g)]
      .map(([, name = "", value]) => [name, Number(value)] as const)
      .filter(([name]) => name in defaultThresholds);
    expect({ ...defaultThresholds, ...Object.fromEntries(named) }).toEqual(defaultThresholds);
    expect(Object.keys(Object.fromEntries(named)).sort()).toEqual(Object.keys(defaultThresholds).sort());
  });

  test("fire from where they are told to", () => {
    const thresholds = { ...defaultThresholds, errorPercent: 5, responseSeconds: 0.5, certificateDays: 7 };
    const text = renderRules({ ...defaultSettings, thresholds });
    expect(text).toContain('expr: "pool:error:ratio > 0.05"');
    expect(text).toContain('expr: "pool:latency_seconds:p95 > 0.5"');
    expect(text).toContain(`- time() < ${7 * 86_400}"`);
  });

  test("can be left out", () => {
    const text = renderRules({ ...defaultSettings, disabledAlerts: ["UnevenDistribution"] });
    expect(text).not.toContain("UnevenDistribution");
    expect(text).toContain("ReplicaDown");
  });

  test("make up for no missing figure", () => {
    expect(renderRules(defaultSettings)).not.toMatch(/or vector/);
  });
});

describe("the targets", () => {
  const target = {
    job: "pool",
    address: "app-api-1-abc1234:3000",
    path: "/metrics",
    labels: { service: "app", pool: "api", replica: "api-1" },
  };

  test("are a list in which each has its labels and its path", () => {
    expect(JSON.parse(renderTargets([target]))).toEqual([
      {
        targets: ["app-api-1-abc1234:3000"],
        labels: { job: "pool", __metrics_path__: "/metrics", service: "app", pool: "api", replica: "api-1" },
      },
    ]);
  });

  test("are the same text in whatever order they come", () => {
    const other = { ...target, address: "b:3000" };
    expect(renderTargets([target, other])).toBe(renderTargets([other, target]));
    expect(JSON.parse(renderTargets([]))).toEqual([]);
  });
});

test("a rate is taken over four looks, and a minute at least", () => {
  expect([5, 10, 30].map(rateWindow)).toEqual(["60s", "60s", "120s"]);
});

test("YAML quotes what people write, and keeps lines apart", () => {
  const value = { a: { "b-c": ["x: #1", 2, true] }, d: [], e: {}, text: "one\ntwo" };
  expect(renderYaml(value)).toBe(
    'a:\n  "b-c":\n    - "x: #1"\n    - 2\n    - true\nd: []\ne: {}\ntext: |-\n  one\n  two\n',
  );
});
