// Pushes alone, as `up` has them run, under a light load: `canary.long.test.ts` has the whole of it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Canary } from "../../../deploy/canary-settings";
import { docker, until } from "../support/engine";
import { ask } from "../support/requests";
import { record } from "../support/rows";
import { type Stage, startStage } from "./pushed";

const canary: Canary = {
  ...{ steps: [20, 50], seconds: 2, mostSeconds: 6, leastRequests: 30 },
  ...{ errorPercent: 1, slowdown: 2, slowdownSeconds: 0.1, sharesClients: false },
};
const canaries = { canaries: { api: canary } };
const pool = { image: "node:24-slim", port: 3000 };

let stage: Stage;
const replicas: Record<"old" | "good" | "failing" | "slow" | "dying", string> = {
  ...{ old: "", good: "", failing: "", slow: "", dying: "" },
};

beforeAll(async () => {
  stage = await startStage();
  const manners: Record<string, Record<string, string>> = {
    failing: { FAIL_PERCENT: "20" },
    slow: { SLOW_MS: "300" },
  };
  await Promise.all(
    Object.keys(replicas).map(async (name) => {
      const version = name;
      replicas[name as keyof typeof replicas] = await stage.startReplica(name, {
        VERSION: version,
        ...manners[name],
      });
    }),
  );
  const first = makeTask("old");
  await until("the first replica answers", async () => (await stage.push(first).ended).code === 0);
});

afterAll(() => stage.remove());

function makeTask(name: keyof typeof replicas) {
  return stage.makeTask({ pools: { api: pool } }, { api: [replicas[name]] });
}

/** Does something while a few clients ask; gives what they were answered, by version and status. */
async function underLoad<Result>(operation: string, act: () => Promise<Result>) {
  const seen: { version: string; status: number }[] = [];
  let isOver = false;
  const isGoingOn = (): boolean => !isOver;
  const clients = Array.from({ length: 6 }, async () => {
    while (isGoingOn()) {
      const answer = await ask(stage.url);
      if (typeof answer === "string") seen.push({ version: answer, status: 0 });
      else
        seen.push({
          version: (JSON.parse(answer.body) as { version: string }).version,
          status: answer.status,
        });
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  });
  const result = await act();
  isOver = true;
  await Promise.all(clients);
  const failed = seen.filter(({ status }) => status !== 200);
  return {
    operation,
    result,
    failed,
    countOf: (version: string) => seen.filter((each) => each.version === version).length,
    all: seen.length,
  };
}

test("a good version passes its steps, and no request fails", async () => {
  const operation = "good version by a canary, pushed";
  const { result, failed, all, countOf } = await underLoad(
    operation,
    () => stage.push(makeTask("good"), canaries).ended,
  );
  record({ operation, requests: all, failed: failed.length, seconds: 0, held: failed.length === 0 });
  expect(result.code, result.text).toBe(0);
  expect(result.text).toMatch(
    /canary of api: 20 %\ncanary of api: 20 % passed, 0 of \d+ failed.*\ncanary of api: 50 %\ncanary of api: 50 % passed/,
  );
  expect(failed).toEqual([]);
  expect(countOf("good")).toBeGreaterThan(0);
  expect((await stage.see()).version).toBe("good");
  expect((await stage.push(makeTask("good"), canaries).ended).text).not.toContain("canary");
});

describe("a bad version", () => {
  test.each([
    ["failing", /to its new replicas failed, and 0 of \d+ requests \(0 %\) to the old ones/],
    ["slow", /the P95 of its new replicas is \d+ ms over \d+ requests/],
  ] as const)("that is %s is undone, and stopped", async (name, says) => {
    const operation = `${name} version by a canary, pushed`;
    const { result, failed, all, countOf } = await underLoad(
      operation,
      () => stage.push(makeTask(name), canaries).ended,
    );
    const isKept = failed.every(({ version }) => version === name) && countOf(name) < all * 0.3;
    record({ operation, requests: all, failed: failed.length, seconds: 0, held: isKept });
    expect(result.code).toBe(1);
    expect(result.text).toMatch(says);
    expect(result.text).toContain("All requests go to the old replicas again.");
    expect(result.text).not.toContain("canary of api: 50 %");
    expect(isKept, JSON.stringify({ failed, all, bad: countOf(name) })).toBe(true);
    expect((await stage.see()).version).toBe("good");
    expect(await docker("inspect", "--format={{.State.Status}}", replicas[name])).toBe("exited");
  });

  test("that ends in its step is undone at once", async () => {
    const operation = "version that dies in its step, pushed";
    const { result, failed, all } = await underLoad(operation, async () => {
      const pushing = stage.push(makeTask("dying"), {
        canaries: { api: { ...canary, seconds: 30, mostSeconds: 30 } },
      });
      await until(
        "its step goes on",
        async () => (await stage.inside("cat /etc/flotilla/live/canary 2>/dev/null || true")) !== "",
      );
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await docker("kill", replicas.dying);
      return pushing.ended;
    });
    record({ operation, requests: all, failed: failed.length, seconds: 0, held: failed.length === 0 });
    expect(result.code).toBe(1);
    expect(result.text).toMatch(/exited with code 137 since requests come to it/);
    expect(failed).toEqual([]);
    expect((await stage.see()).version).toBe("good");
  });
});
