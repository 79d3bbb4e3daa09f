import { expect } from "vitest";
import { countStatuses } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { inWords } from "../support/counts";

const pools = {
  shared: workbench({ replicas: 3 }),
  // A limit of connections leaves no room for a last resort.
  limited: workbench({ replicas: 3, balancing: { maxConnections: 100, holdSeconds: 0 } }),
};
const balancer = useBalancer({
  args: { pools, routes: Object.keys(pools).map((pool) => ({ path: `/${pool}`, pool })) },
});

/** Asks a path on which every replica says 503, until all have failed too often to be asked. */
async function exhaust(path: string): Promise<void> {
  const failed = await balancer().askMany(9, `${path}/failing?status=503`, 1);
  expect(countStatuses(failed)).toEqual({ "503": 9 });
}

proof("a path that answers 503 takes no replica away from other paths", async () => {
  await exhaust("/shared");
  const others = countStatuses(await balancer().askMany(200, "/shared/good", 4));
  expect(others).toEqual({ "200": 200 });
  await exhaust("/limited");
  const without = countStatuses(await balancer().askMany(4, "/limited/good", 4));
  expect(without).toEqual({ "503": 4 });
  return `${inWords(others)}; without the last resort ${inWords(without)}`;
});

proof("POSTs that found no replica are sent once", async () => {
  await exhaust("/shared");
  await balancer().reset();
  const posts = Array.from({ length: 50 }, () =>
    balancer().ask({ path: "/shared/order", method: "POST", body: "a=1" }),
  );
  const statuses = countStatuses(await Promise.all(posts));
  expect(statuses).toEqual({ "200": 50 });
  expect(await balancer().countAtReplicas("POST /shared/order")).toBe(50);
  return `50 of 50 answered, 50 arrived`;
});

proof("a POST that was sent and then broke is not sent again", async () => {
  await exhaust("/shared");
  await balancer().reset();
  const answer = await balancer().ask({ path: "/shared/broken?drop=1", method: "POST", body: "a=1" });
  expect(answer.status).toBe(503);
  const arrived = await balancer().countAtReplicas("POST /shared/broken");
  expect(arrived).toBe(1);
  return `answered ${answer.status}, arrived ${arrived}`;
});
