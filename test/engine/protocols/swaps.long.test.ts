import { expect, test } from "vitest";
import { docker, findRunning } from "../support/engine";
import { everyKind, protocolRow, streams } from "./support/rows";
import { useProtocolStack } from "./support/stack";

/** More than the transfers of the load take. */
const drainSeconds = 45;
const stack = useProtocolStack("swaps", { drainSeconds }, { replicas: 2 });
const all = [...everyKind, ...streams];
const list = () => findRunning(stack().workspace.label, "flotilla.balancer=balancer", "flotilla.shares");

test("other balancers take over, and no kind of client loses anything", async () => {
  const before = await list();
  stack().workspace.configure(({ balancer }) => (balancer.limits = { cpus: 1 }));
  await protocolRow("two balancers replaced", stack(), all, () => stack().workspace.deploy());
  expect((await list()).some((name) => before.includes(name))).toBe(false);
});

test("one of two that is started again has every kind of client go on", async () => {
  const [one = ""] = await list();
  await protocolRow("one of two balancers restarted", stack(), all, () =>
    docker("restart", `--time=${drainSeconds + 10}`, one),
  );
});
