import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { listStatuses } from "../balancer/support/watched";
import { docker, findReplica, until } from "../support/engine";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { lines } from "./lines/scaling-lab";
import { type Counts, readCounters, subtract } from "./support/counters";
import { deployWith, editFile, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { inWords } from "../support/counts";

const sizes = [3, 5, 2, 1];
const project = useExample("scaling-lab", "dev");
const prove = useLines("scaling-lab", lines);

prove("devSource", "app.py is edited on the host; no up follows", async () => {
  const { folder, url, label } = project();
  const replica = await findReplica(label, "counter-1");
  const format = "{{range .Mounts}}{{.Source}} {{.Destination}} {{.RW}}{{end}}";
  expect(await docker("inspect", `--format=${format}`, replica)).toBe(`${join(folder, "app")} /app false`);
  const answers = (): Promise<boolean> =>
    ask(url).then((answer) => typeof answer === "object" && answer.body.includes('"edited":true'));
  expect(await answers()).toBe(false);
  const restore = editFile(project(), "app/app.py", "visits=count(),", "edited=True, visits=count(),");
  const seconds = await until("the edited source answers", answers, 30);
  restore();
  await until("the old source answers again", async () => !(await answers()), 30);
  expect(await findReplica(label, "counter-1")).toBe(replica);
  return `the same container answers with the edited source after ${seconds.toFixed(1)} s`;
});

interface Phase {
  size: number;
  /** Answers of each instance while nothing changed, by the header X-Instance-ID. */
  answers: Counts;
}

const phases: Phase[] = [];
let fromRedis: Counts = {};
let fromHeaders: Counts = {};

prove("rehearsal", "one load over four ups, and what /lb/status says after each", async () => {
  const { url, label } = project();
  const before = await readCounters(label);
  const clients = { busyGet: 4, busyPost: 2, slow: 2, idle: 2, fresh: 1 };
  const load = { clients, paceMs: { busy: 60, fresh: 60 }, slowPath: "load-test?wait=<ms>" };
  const { report, seconds } = await row(
    { operation: "scaling-lab: 1 → 3 → 5 → 2 → 1", target: url, load },
    async (running) => {
      for (const size of sizes) {
        await deployWith(project(), { "pools.counter.replicas": size });
        const { instances } = await running.snapshot();
        await wait(4000);
        phases.push({ size, answers: subtract((await running.snapshot()).instances, instances) });
        const status = (await listStatuses(url)).map(({ replica, state }) => `${replica} ${state}`);
        expect(status.sort()).toEqual(Array.from({ length: size }, (_, i) => `counter-${i + 1} healthy`));
      }
    },
  );
  fromHeaders = report.instances;
  fromRedis = subtract(await readCounters(label), before);
  return `${describeFailures(report)} in ${seconds.toFixed(0)} s`;
});

prove("distribution", "each instance's answers by header, and its counter in Redis", () => {
  expect(fromRedis).toEqual(subtract(fromHeaders, {}));
  expect(Object.keys(fromRedis)).toHaveLength(Math.max(...sizes));
  const shares = phases.map(({ size, answers }) => {
    const total = Object.values(answers).reduce((sum, count) => sum + count, 0);
    expect(Object.keys(answers)).toHaveLength(size);
    // Least connections give fewer to one that is slow, or at a long request: each has its part all the same.
    for (const count of Object.values(answers)) expect(count / total).toBeGreaterThan(0.1 / size);
    return `${size}: ${Object.values(answers).join(" + ")}`;
  });
  return Promise.resolve(
    `in all, the same in both: ${inWords(fromRedis)}; in 4 s with each size: ${shares.join("; ")}`,
  );
});
