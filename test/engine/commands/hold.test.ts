import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Status } from "../../../cli/operator/report";
import type { PartsResult } from "../../../cli/operator/work";
import { longestInWords } from "../support/counts";
import { docker, findRunning, until } from "../support/engine";
import { row } from "../support/rows";
import { tellTests } from "../support/tell-tests";
import { useCommandStack } from "./support";

tellTests();
const own = useCommandStack("hold");

const seconds = 120;
const replicas = () => findRunning(own().label, "flotilla.pool=api");

test("requests wait while a pool is held and none of its replicas runs, and none fails", async () => {
  await row(
    {
      operation: "both replicas stop and start while their requests are held",
      slowest: { seconds: seconds + 5, because: "requests are held" },
      target: own().url,
      load: {
        clients: { busyGet: 8, busyPost: 8, slow: 2, idle: 4, fresh: 4 },
        timeoutMs: (seconds + 50) * 1000,
      },
      note: ({ report }) => longestInWords(report),
    },
    async () => {
      const held = await own().read<PartsResult>("hold", "api", "--seconds", String(seconds));
      expect(held).toMatchObject({ ok: true, errors: [], parts: ["balancer"] });
      // What the replicas have is answered first, which takes two seconds at most here.
      await wait(3000);
      const all = await replicas();
      await docker("stop", "--time=5", ...all);
      // Longer than they wait without being held.
      await wait(8000);
      await docker("start", ...all);
      expect(await own().read<PartsResult>("hold", "off")).toMatchObject({ ok: true, parts: ["balancer"] });
    },
  );
});

test("what is held is told, and ends by a word", async () => {
  await own().npm("hold", "api", "--seconds", "300");
  let isAnswered = false;
  const answer = fetch(own().url).finally(() => (isAnswered = true));
  expect((await own().read<Status>("status")).held).toMatchObject([{ pool: "api" }]);
  expect(isAnswered).toBe(false);
  expect((await own().npm("hold", "off")).stderr).toBe("Requests of api go on.\n");
  expect(await answer).toMatchObject({ status: 200 });
});

test("requests go on by themselves at the bound, and nothing is held then", async () => {
  await own().npm("hold", "api", "--seconds", "5");
  // `ask` has no more patience than this.
  expect(await fetch(own().url)).toMatchObject({ status: 200 });
  await until(
    "nothing is held",
    async () => (await own().npm("hold", "off")).stderr === "Nothing is held.\n",
  );
});

test("an internal pool is held at its own balancer, and what is no pool is refused", async () => {
  const held = await own().read<PartsResult>("hold", "worker");
  expect(held).toMatchObject({ ok: true, parts: ["worker-balancer"] });
  expect(await own().read<PartsResult>("hold", "off")).toMatchObject({ parts: ["worker-balancer"] });
  const { code, stderr } = await own().npm("hold", "balancer");
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toContain("A balancer must run that gives requests to balancer, got none.");
});
