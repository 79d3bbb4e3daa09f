import { expect, test } from "vitest";
import { findRunning } from "../support/engine";
import { outage } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const drainSeconds = 10;
const workspace = useDeployment({
  name: "front-moved",
  pools: { api: demoPool({ replicas: 2, drainSeconds }) },
});

const list = (...labels: string[]) => findRunning(workspace().label, "flotilla.role=balancer", ...labels);
const expectUnchanged = async () => {
  const { text } = await workspace().deploy();
  expect(text).not.toMatch(/\d+ (?:created|updated|replaced|deleted)/);
};

test("a balancer without a front becomes one, and others come beside it", async () => {
  const [alone = ""] = await list();
  workspace().configure(({ balancer }) => (balancer.replicas = 2));
  await row({ operation: "two balancers instead of one without a front", target: workspace().url }, () =>
    workspace().deploy(),
  );
  expect(await list("flotilla.shares")).toHaveLength(2);
  expect(await list()).toContain(alone);
  await expectUnchanged();
});

test("all three get a new version of the application, and settings", async () => {
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "2" });
    settings.balancer.bodyLimitMiB = 20;
  });
  await row({ operation: "update behind a front that was a balancer alone", target: workspace().url }, () =>
    workspace().deploy(),
  );
});

test("other balancers take over beside a front that was one alone", async () => {
  workspace().configure(({ balancer }) => (balancer.limits = { cpus: 1 }));
  await row(
    { operation: "balancers replaced beside a front that was one alone", target: workspace().url },
    () => workspace().deploy(),
  );
  await expectUnchanged();
});

test("without replicas it is alone again, which costs a moment", async () => {
  workspace().configure(({ balancer }) => delete balancer.replicas);
  await row(
    {
      operation: "one balancer without a front instead of two",
      target: workspace().url,
      exception: outage("requests fail until the new one answers", 10),
    },
    () => workspace().deploy(),
  );
  expect(await list()).toHaveLength(1);
  await expectUnchanged();
});
