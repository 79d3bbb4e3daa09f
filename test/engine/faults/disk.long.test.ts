import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { expectUnchanged } from "./support/outage";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";

describeFaults("a disk that is full", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4"], diskMiB: 2000 });
  const workspace = useDeployment({
    ...{ name: "disk", address: ownAddress },
    pools: {
      api: demoPool({ replicas: 3, env: { UPSTREAM_URL: "http://worker:3000/" } }),
      worker: demoPool({ reachableFrom: ["api"] }),
    },
  });
  let version = 1;

  function setNextVersion(): void {
    version += 1;
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: String(version) });
    });
  }

  async function fill(): Promise<void> {
    await engine().shell(`dd if=/dev/zero of='${engine().disk}/fill' bs=64k 2>/dev/null || true
      dd if=/dev/zero of='${engine().disk}/fill-more' bs=1k 2>/dev/null || true; sync -f '${engine().disk}'`);
  }

  async function free(): Promise<void> {
    await engine().shell(`rm -f '${engine().disk}'/fill*`);
  }

  test("loses no request", async () => {
    await row({ operation: "the disk is full for 15 s", target: workspace().url }, async () => {
      await fill();
      await wait(15_000);
    });
    console.log(await ask(`${workspace().url}/lb/status`));
    await free();
    await expectUnchanged(workspace());
  });

  test.each([
    { moment: "from the start", seen: undefined },
    { moment: "before the balancer is told", seen: /Container app-api-\d created/ },
    { moment: "while old replicas leave", seen: /app-balancer-push created/ },
  ])(
    "full $moment, it makes an update fail with the cause, and the next one repairs that",
    async ({ moment, seen }) => {
      setNextVersion();
      const operation = `update, and the disk is full ${moment}`;
      await row({ operation, target: workspace().url }, async () => {
        if (seen === undefined) await fill();
        const update = workspace().startUp();
        if (seen !== undefined) {
          await update.seen(seen);
          await fill();
        }
        const { code, text } = await update.ended;
        console.log(code, text);
        await free();
        await workspace().deploy();
        expect(seen === undefined ? text : "no space left").toMatch(/no space left/i);
      });
      await expectUnchanged(workspace());
    },
  );
});
