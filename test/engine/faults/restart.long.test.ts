import { expect, test } from "vitest";
import { docker, dockerLines, findRunning } from "../support/engine";
import { outage } from "../support/exceptions";
import { row } from "../support/rows";

import { useDeployment } from "../support/use-workspace";
import { awaitAnswers, expectUnchanged, inRandomOrder } from "./support/outage";
import { plainPool } from "./support/plain-pool";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";

describeFaults("a restart of everything", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4", "redis:8.2"] });
  const workspace = useDeployment({
    ...{ name: "restart", address: ownAddress },
    pools: {
      api: plainPool({
        ...{ replicas: 3, stores: { REDIS_URL: "main" } },
        env: { UPSTREAM_URL: "http://worker:3000/" },
      }),
      worker: plainPool({ reachableFrom: ["api"] }),
    },
    settings: { datastores: { main: { engine: "redis" } } },
  });
  const listAll = (): Promise<string[]> =>
    dockerLines("ps", "--all", "--quiet", `--filter=label=flotilla.stack=${workspace().label}`);

  test.each([
    {
      what: "dockerd without live-restore is restarted",
      restart: async (): Promise<void> => {
        await engine().endDaemon();
        await engine().startDaemon();
      },
    },
    {
      what: "the machine loses its power and is started",
      restart: async (): Promise<void> => {
        await engine().cutPower();
        await engine().boot();
      },
    },
    ...[1, 2, 3].map((round) => ({
      what: `all containers are stopped, and started in an order by chance (${round})`,
      restart: async (): Promise<void> => {
        const containers = await listAll();
        await docker("kill", ...containers);
        for (const container of inRandomOrder(containers)) await docker("start", container);
      },
    })),
  ])("$what: the site answers again, with nothing done by hand", async ({ what, restart }) => {
    const before = await findRunning(workspace().label);
    const { result } = await row(
      {
        ...{ operation: what, target: workspace().url, exception: outage("nobody answers meanwhile", 60) },
        slowest: { seconds: 30, because: "who asks while nobody answers waits" },
        load: { clients: { busyGet: 4, busyPost: 4, slow: 2, idle: 2, fresh: 2 } },
        note: ({ result: [away, after] }) =>
          `${away.toFixed(1)} s from its begin to answers, ${after.toFixed(1)} s from its end`,
      },
      async () => {
        const startedAt = performance.now();
        await restart();
        const after = await awaitAnswers(workspace().url);
        return [(performance.now() - startedAt) / 1000, after] as const;
      },
    );
    expect(result[1]).toBeLessThan(60);
    await awaitAnswers(`${workspace().url}/upstream`);
    expect((await findRunning(workspace().label)).sort()).toEqual(before.sort());
    await expectUnchanged(workspace());
  });
});
