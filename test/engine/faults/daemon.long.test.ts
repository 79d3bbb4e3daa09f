import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { findRunning } from "../support/engine";
import type { Exception } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { countVersions } from "./support/versions";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";
import { expectUnchanged } from "./support/outage";

/** The engine takes its rules away for a moment when it starts, and makes them anew. */
const whileItsRulesAreMade: Exception = {
  because: "new connections are refused while the engine makes its rules anew",
  judge: ({ report: { failures } }) => {
    const others = Object.keys(failures).filter((reason) => !reason.includes("ECONNREFUSED"));
    return others.length === 0 ? undefined : `also failed: ${others.join(", ")}`;
  },
};

describeFaults("the engine's daemon", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4"], arguments: ["--live-restore"] });
  const workspace = useDeployment({
    ...{ name: "daemon", address: ownAddress },
    pools: {
      api: demoPool({ replicas: 3, env: { UPSTREAM_URL: "http://worker:3000/" } }),
      worker: demoPool({ reachableFrom: ["api"] }),
    },
  });
  const setNextVersion = countVersions(workspace);

  async function restart(): Promise<void> {
    await engine().endDaemon();
    await engine().startDaemon();
  }

  describe("with live-restore", () => {
    test("goes on when it is restarted", async () => {
      const before = await findRunning(workspace().label);
      const operation = "dockerd with live-restore is restarted, 3 times";
      await row({ operation, target: workspace().url, exception: whileItsRulesAreMade }, async () => {
        for (let time = 0; time < 3; time++) {
          await restart();
          await wait(2000);
        }
      });
      expect(await findRunning(workspace().label)).toEqual(before);
      await expectUnchanged(workspace());
    });

    test("loses no request when it is silent for 12 s", async () => {
      await row(
        { operation: "dockerd, and with it its DNS, stands still for 12 s", target: workspace().url },
        async () => {
          process.kill(engine().daemon(), "SIGSTOP");
          await wait(12_000);
          process.kill(engine().daemon(), "SIGCONT");
        },
      );
    });

    test.each([
      { moment: "before the new replicas", seen: /app-api-members creating|Updating|app-api-\d creating/ },
      { moment: "while the new replicas start", seen: /Container app-api-\d created/ },
      { moment: "while the old replicas leave", seen: /app-api-members deleting original/ },
    ])(
      "silent for 12 s $moment, it makes an update wait, or fail, and lose nothing",
      async ({ moment, seen }) => {
        setNextVersion();
        const operation = `update, and dockerd stands still for 12 s ${moment}`;
        const note = ({ result }: { result: boolean }) =>
          result ? "it waited" : "it failed, and the next one did it";
        await row({ operation, target: workspace().url, note }, async () => {
          const update = workspace().startUp();
          await update.seen(seen);
          process.kill(engine().daemon(), "SIGSTOP");
          await wait(12_000);
          process.kill(engine().daemon(), "SIGCONT");
          const { code } = await update.ended;
          if (code !== 0) await workspace().deploy();
          return code === 0;
        });
        await expectUnchanged(workspace());
      },
    );

    test.each([
      { moment: "while the new replicas start", seen: /Container app-api-\d created/ },
      { moment: "while the old replicas leave", seen: /app-api-members deleting original/ },
    ])(
      "restarted $moment, it makes an update fail, and the next one repairs that",
      async ({ moment, seen }) => {
        setNextVersion();
        const operation = `update, and dockerd is restarted ${moment}`;
        const options = { operation, target: workspace().url, exception: whileItsRulesAreMade };
        await row(options, async () => {
          const update = workspace().startUp();
          await update.seen(seen);
          await restart();
          const { code, text } = await update.ended;
          expect(code, text).not.toBe(0);
          expect(text).toMatch(/Cannot connect to the Docker daemon|error during connect/);
          await workspace().deploy();
        });
        await expectUnchanged(workspace());
      },
    );
  });
});
