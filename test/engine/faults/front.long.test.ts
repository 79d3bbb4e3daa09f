import { expect, test } from "vitest";
import { docker, dockerLines, findRunning } from "../support/engine";
import { outage } from "../support/exceptions";
import { row } from "../support/rows";
import { useDeployment } from "../support/use-workspace";
import { awaitAnswers, expectUnchanged, inRandomOrder } from "./support/outage";
import { plainPool } from "./support/plain-pool";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";

describeFaults("a restart of everything, with two balancers in a front", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4"] });
  const workspace = useDeployment({
    ...{ name: "front-restart", address: ownAddress, balancer: { replicas: 2 } },
    pools: {
      api: plainPool({ replicas: 2, env: { UPSTREAM_URL: "http://worker:3000/" } }),
      worker: plainPool({ reachableFrom: ["api"] }),
    },
  });
  const listAll = (): Promise<string[]> =>
    dockerLines("ps", "--all", "--quiet", `--filter=label=flotilla.stack=${workspace().label}`);

  test.each([
    {
      what: "two balancers: dockerd without live-restore is restarted",
      restart: async (): Promise<void> => {
        await engine().endDaemon();
        await engine().startDaemon();
      },
    },
    {
      what: "two balancers: the machine loses its power and is started",
      restart: async (): Promise<void> => {
        await engine().cutPower();
        await engine().boot();
      },
    },
    ...[1, 2].map((round) => ({
      what: `two balancers: all containers are stopped, and started in an order by chance (${round})`,
      restart: async (): Promise<void> => {
        const containers = await listAll();
        await docker("kill", ...containers);
        // Those that share a front cannot be started before it; it is a balancer itself until an update finds them.
        for (const container of inRandomOrder(containers))
          await docker("start", container).catch(() => undefined);
      },
    })),
  ])(
    "$what: the site answers again, and an update brings back what is missing",
    async ({ what, restart }) => {
      const before = await findRunning(workspace().label);
      const { result } = await row(
        {
          ...{ operation: what, target: workspace().url, exception: outage("nobody answers meanwhile", 60) },
          slowest: { seconds: 30, because: "who asks while nobody answers waits" },
          load: { clients: { busyGet: 4, busyPost: 4, slow: 2, idle: 2, fresh: 2 } },
          note: ({ result: after }) => `${after.toFixed(1)} s from its end to answers`,
        },
        async () => {
          await restart();
          return awaitAnswers(workspace().url);
        },
      );
      expect(result).toBeLessThan(60);
      await awaitAnswers(`${workspace().url}/upstream`);
      await workspace().deploy();
      expect((await findRunning(workspace().label)).sort()).toEqual(before.sort());
      await expectUnchanged(workspace());
    },
  );
});
