// The commands that try a stack, on one of two pools: what they say is compared with what the application counted itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CapacityPlan, Measured } from "../../../cli/capacity/plan";
import type { LoadResult } from "../../../cli/load/report";
import type { Failover } from "../../../cli/trials/failover";
import type { Rehearsal } from "../../../cli/trials/rehearsal";
import { expectWholePage } from "../../support/html";
import { docker, findRunning } from "../support/engine";
import { tellTests } from "../support/tell-tests";
import { useCommandStack } from "./support";

tellTests();

const own = useCommandStack("trials");

/** Runs a command of the clone; gives its exit code and the result that it prints. */
async function command<Result>(name: string, ...words: string[]): Promise<Result & { code: number }> {
  const { code, stdout } = await own().npm(name, "--json", ...words);
  return { ...(JSON.parse(stdout) as Result), code };
}

/** How many requests each replica of api has received under a path, as it says itself. */
async function countReceived(path: string): Promise<Record<string, number>> {
  const script = `fetch("http://127.0.0.1:3000/counts").then((r) => r.text()).then((t) => console.log(t))`;
  const names = await findRunning(own().label, "flotilla.pool=api");
  const counts = await Promise.all(
    names.map(async (name): Promise<[string, number]> => {
      const title = /-(api-\d+)-/.exec(name)?.[1] ?? name;
      const { received } = JSON.parse(await docker("exec", name, "node", "-e", script)) as {
        received: Record<string, number>;
      };
      return [title, received[path] ?? 0];
    }),
  );
  return Object.fromEntries(counts);
}

test("a load test tells what the replicas have counted, and writes a page", async () => {
  const page = join(own().clone.folder, "load.html");
  const result = await command<LoadResult>(
    ...["loadtest", "--url", "/load-test 3", "--url", "POST /load-test 1", "--rate", "50"],
    ...["--seconds", "8", "--html", page],
  );
  expect(result).toMatchObject({ code: 0, requests: 400, failed: 0, statuses: { 200: 400 } });
  expect(result.methods.map(({ name, requests }) => [name, requests])).toEqual([
    ["GET", 300],
    ["POST", 100],
  ]);
  const [gets, posts] = await Promise.all(["GET /load-test", "POST /load-test"].map(countReceived));
  for (const title of ["api-1", "api-2"])
    expect(result.replicas[title]).toBe((gets?.[title] ?? 0) + (posts?.[title] ?? 0));
  expect(result.shares).toMatchObject([{ pool: "api", isAsExpected: true }]);
  const { p50, p99, max } = result.latency;
  expect([0 < p50, p50 <= p99, p99 <= max]).toEqual([true, true, true]);
  expectWholePage(readFileSync(page, "utf8"));
});

test("a load test refuses addresses of others", async () => {
  expect(await command("loadtest", "--url", "http://203.0.113.7/")).toMatchObject({
    ...{ code: 2, ok: false, requests: 0 },
    errors: [expect.stringContaining("add --allow-public")],
  });
});

test("a replica is killed: no GET fails, and it comes back", async () => {
  const words = ["api", "--url", "GET / 4", "--url", "POST /orders 1", "--down", "12"];
  const result = await command<Failover>("failover-test", ...words);
  expect(result).toMatchObject({ code: 0, ok: true, pool: "api", replica: "api-2" });
  const [gets, posts] = result.methods;
  expect(gets).toMatchObject({ name: "GET", failed: 0 });
  expect(posts?.name).toBe("POST");
  // Health is asked every ten seconds, three times, which takes longer than it was gone. Nginx itself has asked the other one at once.
  expect(result.secondsUntilOut ?? Infinity).toBeGreaterThan(12);
  expect(result.secondsUntilTried).toBeLessThan(12);
  expect(result.secondsUntilBack).toBeGreaterThan(12);
  expect(await findRunning(own().label, "flotilla.pool=api")).toHaveLength(2);
});

test("the only replica of a pool is not killed without being told", async () => {
  expect(await command("failover-test", "worker")).toMatchObject({
    ...{ code: 1, ok: false },
    errors: [expect.stringContaining("worker has one replica that is well")],
  });
});

test("a pool goes through some numbers without losing a request, and has its own again", async () => {
  const result = await command<Rehearsal>("rehearse", "api=1,3,2", "--hold", "2");
  expect(result).toMatchObject({ code: 0, ok: true, before: 2, isRestored: true });
  expect(result.steps.map(({ replicas, failed }) => [replicas, failed])).toEqual([
    [1, 0],
    [3, 0],
    [2, 0],
  ]);
  for (const { requests } of result.steps) expect(requests).toBeGreaterThan(20);
  expect(await findRunning(own().label, "flotilla.pool=api")).toHaveLength(2);
});

test("a calculation of capacity is plausible", async () => {
  const result = await command<CapacityPlan & { measured: Measured }>(
    ...["capacity", "--requests-per-minute", "600", "--measure", "--rate", "20", "--seconds", "5"],
  );
  expect(result.code).toBe(0);
  const { measured, pools, processors, memoryBytes } = result;
  // Health checks and the like come on top of the load.
  expect(measured.requestsPerSecond).toBeGreaterThan(15);
  expect(measured.requestsPerSecond).toBeLessThan(30);
  const api = pools.find(({ pool }) => pool === "api");
  expect(api?.cpuMsPerRequest).toBeGreaterThan(0);
  expect(api?.cpuMsPerRequest).toBeLessThan(100);
  expect(api?.replicas).toBeGreaterThanOrEqual(2);
  expect(api?.replicas).toBeLessThan(6);
  expect(processors).toBeGreaterThan(0);
  expect(memoryBytes).toBeGreaterThan(2 * 256 * 1024 ** 2);
});
