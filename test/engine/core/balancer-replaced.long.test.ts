import { expect, test } from "vitest";
import { findRunning } from "../support/engine";
import { outage } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const workspace = useDeployment({ name: "balancer", pools: { api: demoPool({ replicas: 2 }) } });

test("a new container of the balancer takes over within seconds, and no replica is touched", async () => {
  const find = (role: string) => findRunning(workspace().label, `flotilla.role=${role}`);
  const [balancers, replicas] = [await find("balancer"), await find("replica")];
  workspace().configure((settings) => {
    settings.balancer.limits = { cpus: 1 };
  });
  await row(
    {
      operation: "new container of the balancer",
      target: workspace().url,
      exception: outage("requests fail until the new one answers", 10),
      note: ({ report }) => `requests failed for ${report.outageSeconds.toFixed(1)} s`,
    },
    () => workspace().deploy(),
  );
  expect(await find("balancer")).not.toEqual(balancers);
  expect(await find("replica")).toEqual(replicas);
});
