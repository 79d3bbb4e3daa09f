import { beforeAll, expect, test } from "vitest";
import { watchEvents } from "../support/engine";
import { useEngineProxy } from "./engine-proxy";
import { startingPools, testLifeCycle } from "./life-cycle";
import { renderGuard, useRemoteWorkspace } from "./remote-workspace";

let stopWatching: (() => ReturnType<Awaited<ReturnType<typeof watchEvents>>>) | undefined;
const findProxy = useEngineProxy();
const remote = useRemoteWorkspace({ name: "host", pools: startingPools }, () => ({
  dockerHost: findProxy().host,
  guard: renderGuard(findProxy().host),
}));
beforeAll(async () => {
  stopWatching = await watchEvents(remote().workspace.label);
});

testLifeCycle("by docker:host tcp://", remote, () => `http://127.0.0.1:${remote().workspace.port}`);

test("everything went by the configured host", async () => {
  const events = (await stopWatching?.()) ?? [];
  const { requests } = findProxy();
  const created = events.filter(({ action }) => action === "create").map(({ container }) => container);
  const asked = (method: string, path: RegExp) =>
    requests.flatMap((request) => (request.startsWith(method) ? (path.exec(request)?.[1] ?? []) : []));

  expect(created).toHaveLength(5);
  expect(asked("POST", /\/containers\/(\w+)\/start/)).toEqual(expect.arrayContaining(created));
  expect(asked("DELETE", /\/containers\/(\w+)/)).toEqual(expect.arrayContaining(created));
  expect(asked("POST", /\/containers\/([\w-]+)\/exec/).length).toBeGreaterThan(0);
  expect(remote().calls().length).toBeGreaterThan(20);
});
