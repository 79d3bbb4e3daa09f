import { expect, test } from "vitest";
import { watched } from "../images/watched";
import { findHoldings, findRunning } from "../support/engine";
import { record, row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import type { RemoteWorkspace } from "./remote-workspace";

/** The stack that these tests begin with. */
export const startingPools = { api: demoPool({ replicas: { initial: 2, min: 1, max: 10 } }) };

/** The operations of these tests, as the proof names them. */
export function listOperations(way: string): [string, string, string, string] {
  return [`first deployment ${way}`, `new version ${way}`, `scale 2 → 1 ${way}`, `destroy ${way}`];
}

/** Tests that a stack goes through its life by way of a remote engine, and loses nothing. */
export function testLifeCycle(way: string, remote: () => RemoteWorkspace, expectedUrl: () => string): void {
  const [deployment, version, scale, destroy] = listOperations(way);

  test(`a first deployment ${way} answers, and says where`, async () => {
    const { workspace } = remote();
    const check = async () => {
      expect((await workspace.outputs()).url).toBe(expectedUrl());
    };
    const { ok } = await watched({ operation: deployment, workspace, answersBefore: false, check });
    expect(ok).toBe(true);
  });

  test(`a second update ${way} changes nothing`, async () => {
    const { changes, text } = await remote().workspace.deploy();
    expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  });

  test(`a new version ${way} loses no request`, async () => {
    const { workspace } = remote();
    remote().configure((settings) => {
      setEnv(settings, "api", { VERSION: "2" });
    });
    const { report } = await row({ operation: version, target: workspace.url }, () => workspace.deploy());
    expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);
  });

  test(`scaling down ${way} drains and loses no request`, async () => {
    const { workspace } = remote();
    await row({ operation: scale, target: workspace.url }, () =>
      workspace.deploy({ FLOTILLA_REPLICAS: "api=1" }),
    );
    expect(await findRunning(workspace.label, "flotilla.pool=api")).toHaveLength(1);
  });

  test(`destroying the stack ${way} leaves nothing`, async () => {
    const { workspace } = remote();
    const { ok, text, seconds } = await workspace.destroy();
    const left = await findHoldings(workspace.label);
    const held = ok && Object.values(left).flat().length === 0;
    record({ operation: destroy, requests: 0, failed: 0, seconds, held });
    expect(ok, text).toBe(true);
    expect(left).toEqual({ containers: [], networks: [], volumes: [] });
  });
}
