import { expect, test } from "vitest";
import { docker, findReplica, findRunning, readState, until } from "../support/engine";
import { postsUnderWay } from "../support/exceptions";
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
    /The replica api-\d \(container \S*app-api-\d-\w+\) (?:ran out of memory|exited|ends)/,
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

// The kernel takes the server for what needs the memory, as it does when that is so.
const takeMemory = `for process in /proc/[0-9]*; do [ $process = /proc/$$ ] || echo 1000 >$process/oom_score_adj; done 2>/dev/null
exec node -e 'for (const kept = []; ; ) kept.push(Buffer.alloc(1 << 20, 1))'`;

test("a replica that runs out of memory loses no GET, and comes back", async () => {
  const replica = await findReplica(workspace().label, "api-2");
  const before = await readState(replica);
  const since = await docker("info", "--format={{.SystemTime}}");
  const operation = "a replica is killed because it runs out of memory";
  const exception = postsUnderWay("POSTs under way on the replica that is killed", workspace().label);
  await row({ operation, target: workspace().url, exception }, async () => {
    await docker("exec", "--user=0", replica, "sh", "-c", takeMemory).catch(() => undefined);
    await until("it is started again, and healthy", async () => {
      const { startedAt, health } = await readState(replica);
      return startedAt !== before.startedAt && health === "healthy";
    });
  });
  const events = ["events", `--since=${since}`, "--until=0s", `--filter=container=${replica}`];
  expect(await docker(...events, "--filter=event=oom", "--format={{.Action}}")).toContain("oom");
  setLimit(600);
  const raised = "memory limit of 600 MiB after that";
  await row({ operation: raised, target: workspace().url }, () => workspace().deploy());
  expect(await readLimits()).toEqual(Array(3).fill("600 MiB"));
});
