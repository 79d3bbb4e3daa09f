import { expect, test } from "vitest";
import { docker, findRunning } from "../support/engine";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const workspace = useDeployment({
  name: "memory",
  pools: { api: demoPool({ replicas: 3, limits: { memoryMiB: 400 } }) },
});

function setLimit(memoryMiB: number): void {
  workspace().configure(({ pools }) => {
    Object.assign(pools.api ?? {}, { limits: { memoryMiB } });
  });
}

async function readLimits(): Promise<string[]> {
  const replicas = await findRunning(workspace().label, "flotilla.pool=api");
  const limits = await docker("inspect", "--format={{.HostConfig.Memory}}", ...replicas);
  return limits.split("\n").map((bytes) => `${Number(bytes) / 1024 ** 2} MiB`);
}

test("a memory limit below what the application needs fails at the gate, and nobody who serves gets it", async () => {
  // Less than the application needs to start.
  setLimit(12);
  const operation = "memory limit too low: `up` fails";
  const { result, report } = await row({ operation, target: workspace().url }, () => workspace().up());
  expect(result.ok).toBe(false);
  expect(result.text).toMatch(
    /The replica api-\d \(container app-api-\d-\w+\) (?:ran out of memory|exited|ends)/,
  );
  expect(Object.keys(report.instances).sort()).toEqual(["api-1", "api-2", "api-3"]);
});

test.each([
  ["a raised one works at the first try", 500],
  ["a lowered one goes to new replicas", 300],
])("after it %s, and no request is lost", async (_, memoryMiB) => {
  setLimit(memoryMiB);
  const operation = `memory limit of ${memoryMiB} MiB`;
  await row({ operation, target: workspace().url }, () => workspace().deploy());
  expect(await readLimits()).toEqual(Array(3).fill(`${memoryMiB} MiB`));
});
