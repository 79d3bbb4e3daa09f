import { expect, test } from "vitest";
import { docker, dockerLines, findRunning, until } from "../support/engine";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const workspace = useDeployment({
  name: "front",
  pools: { api: demoPool({ replicas: 2 }) },
  balancer: { replicas: 2 },
});

const sharing = () => findRunning(workspace().label, "flotilla.role=balancer", "flotilla.shares");

test("two balancers share a front, and a second up changes nothing", async () => {
  expect(await sharing()).toHaveLength(2);
  const { text } = await workspace().deploy();
  expect(text).toMatch(/\d+ unchanged/);
  expect(text).not.toMatch(/to update|to replace|updated|replaced|created/);
});

test("another limit has new balancers take over from the old ones", async () => {
  const before = await sharing();
  workspace().configure((settings) => {
    settings.balancer.limits = { cpus: 1 };
  });
  await row({ operation: "balancers of a front replaced", target: workspace().url }, () =>
    workspace().deploy(),
  );
  const after = await sharing();
  expect(after).toHaveLength(2);
  expect(before.some((id) => after.includes(id))).toBe(false);
});
