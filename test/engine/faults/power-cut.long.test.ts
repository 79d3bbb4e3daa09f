import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { docker, findRunning } from "../support/engine";
import { askForAnswer } from "../support/requests";
import { record } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { awaitAnswers, expectUnchanged } from "./support/outage";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";

describeFaults("the power is cut", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4"] });
  const workspace = useDeployment({
    ...{ name: "power", address: ownAddress },
    pools: {
      api: demoPool({ replicas: 2, env: { UPSTREAM_URL: "http://worker:3000/" } }),
      worker: demoPool({ reachableFrom: ["api"] }),
    },
  });

  async function cutAfterUpdate(when: string, version: string): Promise<void> {
    await engine().cutPower();
    await engine().boot();
    const seconds = await awaitAnswers(workspace().url);
    const operation = `power cut ${when}: seconds from the engine's start to answers`;
    record({ operation, requests: 0, failed: 0, seconds, held: true });
    expect((await askForAnswer(workspace().url)).version).toBe(version);
    await awaitAnswers(`${workspace().url}/upstream`);
    await expectUnchanged(workspace());
  }

  test("after the first update, and everything comes back by itself", async () => {
    // What is written is in the file system's journal after 5 s, but has its bytes on the disk after 30 s only.
    await wait(8000);
    await cutAfterUpdate("8 s after the first update", "1");
  });

  test("after an update to another image, and everything comes back by itself", async () => {
    // The engine tells nobody to write an image to the disk.
    const script = "cp /usr/local/bin/node /usr/local/bin/other-node";
    const made = await docker("run", "--detach", "node:24-slim", "sh", "-c", script);
    await docker("wait", made);
    await docker("commit", made, "other-node:1");
    await docker("rm", made);
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: "2" });
      Object.assign(settings.pools.api ?? {}, {
        image: "other-node:1",
        command: ["other-node", "/app/server.js"],
      });
    });
    await workspace().deploy();
    await cutAfterUpdate("after an update to another image", "2");
  });

  test("before a disk wrote what it said that it had written, and an update gives lost settings again", async () => {
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.balancer=balancer");
    await docker("exec", balancer, "sh", "-c", "find /etc/flotilla/live/ -type f -exec truncate -s 0 {} +");
    await docker("restart", "--time=1", balancer);
    const preview = await workspace().preview();
    expect(preview.text).toContain(
      `Without settings that Nginx takes, and given them again by an update: ${balancer}.`,
    );
    await workspace().deploy();
    expect((await askForAnswer(workspace().url)).version).toBe("2");
    await expectUnchanged(workspace());
  });
});
