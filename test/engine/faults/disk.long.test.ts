import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { row } from "../support/rows";
import { useDeployment } from "../support/use-workspace";
import { expectUnchanged } from "./support/outage";
import { plainPool } from "./support/plain-pool";
import { countVersions } from "./support/versions";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";

describeFaults("a disk that is full", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4"], diskMiB: 2000 });
  const workspace = useDeployment({
    ...{ name: "disk", address: ownAddress },
    pools: {
      api: plainPool({ replicas: 3, env: { UPSTREAM_URL: "http://worker:3000/" } }),
      worker: plainPool({ reachableFrom: ["api"] }),
    },
  });
  const setNextVersion = countVersions(workspace);

  async function fill(): Promise<void> {
    const { disk } = engine();
    await engine().shell(`
      fallocate --length $(($(stat --file-system --format='%a * %S' '${disk}'))) '${disk}/fill' || true
      dd if=/dev/zero of='${disk}/fill-rest' bs=1k 2>/dev/null || true`);
  }

  async function free(): Promise<void> {
    await engine().shell(`rm -f '${engine().disk}'/fill*`);
  }

  test("loses no request", async () => {
    await row({ operation: "the disk is full for 15 s", target: workspace().url }, async () => {
      await fill();
      await wait(15_000);
    });
    await free();
    await expectUnchanged(workspace());
  });

  test("makes an update fail with the cause, and the next one does it", async () => {
    setNextVersion();
    await row({ operation: "update, and the disk is full", target: workspace().url }, async () => {
      await fill();
      const { ok, text } = await workspace().up();
      expect(ok).toBe(false);
      expect(text).toContain("no space left on device");
      await free();
      await workspace().deploy();
    });
    await expectUnchanged(workspace());
  });

  test.each([
    { moment: "before the balancer is told", seen: /Container app-api-\d created/ },
    { moment: "while old replicas leave", seen: /app-balancer-push created/ },
  ])("that is full $moment loses no request, and the next update finishes", async ({ moment, seen }) => {
    setNextVersion();
    const operation = `update, and the disk is full ${moment}`;
    const note = ({ result }: { result: boolean }): string =>
      result ? "it came to its end" : "it failed, and the next one did it";
    await row({ operation, target: workspace().url, note }, async () => {
      const update = workspace().startUp();
      await update.seen(seen);
      await fill();
      const { code } = await update.ended;
      await free();
      await workspace().deploy();
      return code === 0;
    });
    await expectUnchanged(workspace());
  });
});
