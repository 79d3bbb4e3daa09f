import { expect, test } from "vitest";
import { inspectAll, type Inspected, pageRows, renderRow } from "../security/support/rights-table";
import { findFreePort } from "../support/ports";
import { record, row } from "../support/rows";
import { demoPool } from "../support/settings";
import { createWorkspace, type Workspace } from "../support/workspace";
import { withLastRelease } from "./last-release";

/** The last version that left balancers what Docker gives. */
const unlimited = { commit: "26814f0" };

/** A stack that the last such version has made goes over to this one. */
async function upgrade(
  name: string,
  balancer: object,
  use: (workspace: Workspace, before: Inspected[]) => Promise<void>,
): Promise<void> {
  const first = await withLastRelease(async (source) => {
    const workspace = await createWorkspace({
      ...{ name, source, balancer: { ...balancer } },
      pools: { api: demoPool({ replicas: 2 }) },
    });
    await workspace.deploy();
    return workspace;
  }, unlimited);
  const present = first.secondCheckout();
  try {
    await use(present, await findBalancers(present));
  } finally {
    await present.remove();
  }
}

async function findBalancers(workspace: Workspace): Promise<Inspected[]> {
  return (await inspectAll(workspace.label)).filter(
    ({ Config }) => Config.Labels["flotilla.role"] === "balancer",
  );
}

const isLimited = ({ HostConfig }: Inspected): boolean => HostConfig.CapDrop?.includes("ALL") === true;

async function expectNothingToDo(workspace: Workspace): Promise<void> {
  const { changes, text } = await workspace.deploy();
  expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
}

/** What of the balancers the page on what containers may do does not say. */
async function findUntold(workspace: Workspace): Promise<string[]> {
  return (await findBalancers(workspace)).map(renderRow).filter((each) => !pageRows.includes(each));
}

test("a lone balancer of before stays as it was made, and has its rights taken when it is made anew", async () => {
  await upgrade("lone", {}, async (workspace, [before]) => {
    const operation = "balancer without limited rights: the stack is updated by this version";
    await row({ operation, target: workspace.url }, () => workspace.deploy());
    const [after] = await findBalancers(workspace);
    expect(after?.Id).toBe(before?.Id);
    await expectNothingToDo(workspace);
    workspace.configure((settings) => {
      settings.balancer.security = {};
    });
    await workspace.deploy();
    expect((await findBalancers(workspace)).filter(isLimited)).toHaveLength(1);
    expect(await findUntold(workspace)).toEqual([]);
    await expectNothingToDo(workspace);
  });
});

test("those that share a front stay as they were made, and are limited when the front is made anew", async () => {
  await upgrade("sharing", { replicas: 2 }, async (workspace, before) => {
    const operation = "balancers of a front without limited rights: the stack is updated by this version";
    await row({ operation, target: workspace.url }, () => workspace.deploy());
    const after = await findBalancers(workspace);
    expect(after.map(({ Id }) => Id).sort()).toEqual(before.map(({ Id }) => Id).sort());
    await expectNothingToDo(workspace);
    const port = await findFreePort();
    workspace.configure((settings) => {
      settings.balancer.port = port;
    });
    await workspace.deploy();
    const untold = await findUntold(workspace);
    record({
      operation: "balancers of a front that is made anew (containers, with other rights than the page says)",
      ...{ requests: 3, failed: untold.length, seconds: 0, held: untold.length === 0 },
    });
    expect(untold).toEqual([]);
    expect((await findBalancers(workspace)).filter(isLimited)).toHaveLength(3);
    await expectNothingToDo(workspace);
  });
});
