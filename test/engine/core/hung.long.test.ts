import { expect, test } from "vitest";
import { findReplica } from "../support/engine";
import { postsAtHung } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { measureHang } from "./replica-failures";

const workspace = useDeployment({
  name: "hung",
  pools: { api: demoPool({ replicas: 3, healthCheck: {} }) },
});

test("a replica that hangs comes back by itself with the health check that a pool has by default", async () => {
  const replica = await findReplica(workspace().label, "api-1");
  const { result } = await row(
    {
      operation: "hung replica (SIGSTOP), health check by default",
      target: workspace().url,
      load: { timeoutMs: 120_000 },
      slowest: { seconds: 60, because: "what it has taken waits until its health check kills it" },
      exception: postsAtHung("only POSTs under way on that replica fail", workspace().label, 20),
      note: ({ result: seconds }) => `healthy again after ${seconds.toFixed(1)} s`,
    },
    () => measureHang(replica),
  );
  expect(result).toBeLessThan(60);
});
