import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readContainers } from "../../cli/plan";
import type { Plan, Step } from "../../cli/printed-plan";
import { describePlan } from "../../cli/plan-markdown";
import { describePlanInText } from "../../cli/plan-text";

const plans = join(__dirname, "../golden/plans");

/** Plans as Pulumi printed them for a real stack, without what no description goes by (see support/trim-plan.mjs). */
function readPlan(name: string): Plan {
  return JSON.parse(readFileSync(join(plans, `${name}.json`), "utf8")) as Plan;
}

describe("the description of a preview", () => {
  test.each([
    ["first", "of a first deployment"],
    ["same", "without a change"],
    ["scale", "of more and fewer replicas"],
    ["image", "of new versions, blue-green and rolling"],
    ["port", "of another published port"],
    ["store", "of another memory limit of a store"],
    ["gone", "without the store and a pool"],
  ])("%s.md: %s", async (name) => {
    await expect(describePlan("demo", readPlan(name))).toMatchFileSnapshot(join(plans, `${name}.md`));
  });

  test("says why it would fail, and nothing else", () => {
    const diagnostics = [
      { severity: "warning", message: "a warning" },
      { severity: "error", message: "pools.api.port must be a number, got a text.\n" },
    ];
    const text = describePlan("demo", { steps: [], diagnostics });
    expect(text).toContain("**It would fail**");
    expect(text).toContain("pools.api.port must be a number");
    expect(text).not.toContain("a warning");
  });

  test("says which policies are broken, and what would change all the same", () => {
    const violation = {
      policy: "limits",
      resource: "app-api-1",
      message: "There is no limit.",
      mandatory: true,
    };
    const plan = {
      ...readPlan("scale"),
      diagnostics: [{ severity: "error", message: "error: preview failed\n" }],
    };
    const text = describePlan("demo", plan, [violation]);
    expect(text).toContain(
      "**It would be refused**, because of policies:\n\n- **limits**, `app-api-1`: There is no limit.\n",
    );
    expect(text).toContain("| `api` | 2 more |");
    const advice = describePlan("demo", readPlan("scale"), [{ ...violation, mandatory: false }]);
    expect(advice).toContain("Policies advise:\n\n- (advice) **limits**");
    expect(advice).not.toContain("refused");
  });

  test("says how long old replicas go on with what they have", () => {
    const leaving = (op: string, name: string, times: object): Step => ({
      op,
      urn: `urn::${name}`,
      oldState: {
        type: "command:local:Command",
        inputs: { environment: { FLOTILLA_TASK: JSON.stringify({ upstream: name, ...times }) } },
      },
    });
    const steps = [
      leaving("replace", "web", { drainSeconds: 30, streamSeconds: 10 }),
      leaving("replace", "web", { drainSeconds: 30, streamSeconds: 10 }),
      leaving("delete", "api", { drainSeconds: 60 }),
      leaving("same", "worker", { drainSeconds: 5, streamSeconds: 5 }),
    ];
    const text = describePlan("demo", { steps });
    expect(text.match(/^.*Old replicas.*$/gm)).toEqual([
      "- **Old replicas of `api`** cut requests that go on for longer than 60 seconds",
      "- **Old replicas of `web`** cut requests that go on for longer than 30 seconds, and end WebSockets and streams after 10 seconds",
    ]);
  });

  test("says how long old replicas go on as the commands of a whole pool tell it", () => {
    const input = { upstream: "api", drainSeconds: 20, streamSeconds: 10, replicas: [] };
    const inputs = { environment: { FLOTILLA_TASK: "{}" }, stdin: JSON.stringify(input) };
    const urn = "urn::app-api-members";
    const steps = [{ op: "replace", urn, oldState: { type: "command:local:Command", inputs } }];
    expect(describePlan("demo", { steps })).toContain("requests that go on for longer than 20 seconds");
  });

  describe("with a canary", () => {
    const canary = { steps: [5, 10, 50], seconds: 60, mostSeconds: 180 };
    const describeUpdate = (...ops: string[]): string => {
      const labels = Object.entries({ role: "replica", service: "app", pool: "api" }).map(
        ([label, value]) => ({
          label: `flotilla.${label}`,
          value,
        }),
      );
      const state = { type: "docker:index/container:Container", inputs: { labels } };
      const environment = { FLOTILLA_TASK: JSON.stringify({ canaries: { api: canary } }) };
      const steps: Step[] = ops.map((op, i) => ({
        ...{ op, urn: `urn::app-api-${i}` },
        ...(op === "create" ? {} : { oldState: state }),
        ...(op === "delete" ? {} : { newState: state }),
      }));
      const push = { type: "command:local:Command", inputs: { environment } };
      steps.push({ op: "update", urn: "urn::app-balancer-push", oldState: push, newState: push });
      return describePlan("demo", { steps });
    };
    const sentence =
      "- **Canary of `api`:** 5, 10 and 50 per cent of the requests go to the new replicas first, for 180 seconds in all, and at most 540 where few come; where these fail or are slow, all go to the old ones again, and the update fails";

    test("says how a new version gets its first requests, also where their number changes too", () => {
      expect(describeUpdate("replace", "replace")).toContain(sentence);
      expect(describeUpdate("replace", "replace", "create")).toContain(sentence);
    });

    test("says nothing of it where replicas only come or go", () => {
      for (const ops of [["create"], ["same", "create"], ["same", "delete"], ["same", "replace"]])
        expect(describeUpdate(...ops)).not.toContain("Canary");
    });
  });

  test("tells variables by name, and never their values", () => {
    const text = describePlan("demo", readPlan("image"));
    expect(text).toContain("environment `VERSION`");
    expect(text).not.toContain("VERSION=");
  });

  test("says loudly that data are lost", () => {
    const plan = readPlan("gone");
    for (const { oldState } of plan.steps ?? []) delete oldState?.retainOnDelete;
    expect(describePlan("demo", plan)).toContain(
      "**volume `flotilla-demo-cache` is deleted, and its data are lost**",
    );
  });

  test("stands at a terminal without Markdown, before the question", () => {
    const text = describePlanInText("demo", readPlan("scale"), [], 100);
    expect(text).toMatchInlineSnapshot(`
      "What this changes in demo: 1 updated, 2 replaced, 4 created, 4 deleted

      pool    what changes  replicas  least      most
      api     2 more        2 → 4     2 (100 %)  4
      worker  2 fewer       3 → 1     1 (33 %)   3

      Interruptions: none
      Memory: at most 1536 MiB during the change, 1024 MiB before and 1280 MiB after it, and 2 of 10 containers have no limit
      Data: nothing at risk
      "
    `);
    expect(describePlanInText("demo", readPlan("same"))).toBe("Nothing changes in demo.");
  });

  test("knows a pool that is replaced one by one by what its replicas wait for", () => {
    const plan = readPlan("image");
    const goesFirst = (steps: Step[] = []) =>
      readContainers({ steps })
        .filter(({ labels }) => labels.pool === "worker")
        .map((container) => container.goesFirst);
    expect(goesFirst(plan.steps)).toEqual([true, true, true]);
    for (const { newState } of plan.steps ?? []) if (newState !== undefined) newState.dependencies = [];
    expect(goesFirst(plan.steps)).toEqual([false, false, false]);
  });
});
