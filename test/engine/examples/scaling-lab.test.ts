import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { listStatuses } from "../balancer/support/watched";
import { docker, findReplica, findRunning, until } from "../support/engine";
import { ask, type Seen, watch } from "../support/requests";
import { row } from "../support/rows";
import { lines } from "./lines/scaling-lab";
import { type Counts, readCounters, subtract } from "./support/counters";
import { editFile, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { inWords } from "../support/counts";

const sizes = [3, 5, 2, 1];
let stopWatching: () => Promise<Seen[]> = () => Promise.resolve([]);
const project = useExample("scaling-lab", "dev", {}, ({ url }) => {
  stopWatching = watch(url);
});
const prove = useLines("scaling-lab", lines);

prove("firstStart", "a client asks before, during and after the first up", async () => {
  const seen = (await stopWatching()).map(({ outcome }) => outcome);
  const first = seen.indexOf(200);
  expect(first).toBeGreaterThan(0);
  const before = seen.slice(0, first);
  expect(before.filter((outcome) => typeof outcome === "number")).toEqual([]);
  const after = seen.slice(first);
  expect(after.filter((outcome) => outcome !== 200)).toEqual([]);
  return `${before.length} connections refused before, no error answered; then ${after.length} of ${after.length} served`;
});

prove("redisFirst", "the moment at which Redis takes connections, and that of the app's start", async () => {
  const { label } = project();
  const [redis = ""] = await findRunning(label, "flotilla.store=counters");
  const log = await docker("logs", "--timestamps", redis);
  const ready = Date.parse(/^(\S+) .*Ready to accept connections/m.exec(log)?.[1] ?? "");
  const created = Date.parse(
    await docker("inspect", "--format={{.Created}}", await findReplica(label, "counter-1")),
  );
  expect(created).toBeGreaterThan(ready);
  return `Redis ready ${((created - ready) / 1000).toFixed(1)} s before the app's container was made`;
});

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
  /** Replicas that /lb/status names, with the state it gives. */
  status: string[];
}

const phases: Phase[] = [];
let fromRedis: Counts = {};
let fromHeaders: Counts = {};

async function readStatus(): Promise<string[]> {
  const statuses = await listStatuses(project().url);
  return statuses.map(({ replica, state }) => `${replica} ${state}`).sort();
}

prove("rehearsal", "one load over four ups", async () => {
  const { url, label, configure, deploy } = project();
  const before = await readCounters(label);
  const clients = { busyGet: 4, busyPost: 2, slow: 2, idle: 2, fresh: 1 };
  const load = { clients, paceMs: { busy: 60, fresh: 60 }, slowPath: "load-test?wait=<ms>" };
  const { report, seconds } = await row(
    { operation: "scaling-lab: 1 → 3 → 5 → 2 → 1", target: url, load },
    async (running) => {
      for (const size of sizes) {
        await configure({ "scaling-lab:replicas": String(size) });
        await deploy();
        const { instances } = await running.snapshot();
        await wait(4000);
        const answers = subtract((await running.snapshot()).instances, instances);
        phases.push({ size, answers, status: await readStatus() });
      }
    },
  );
  fromHeaders = report.instances;
  fromRedis = subtract(await readCounters(label), before);
  expect(report.failed).toBe(0);
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

prove("status", "what /lb/status says after each up, and what the engine runs", async () => {
  for (const { size, status } of phases)
    expect(status).toEqual(Array.from({ length: size }, (_, index) => `counter-${index + 1} healthy`));
  expect(phases.map(({ size }) => size)).toEqual(sizes);
  const running = await findRunning(project().label, "flotilla.role=replica");
  expect(running).toHaveLength(1);
  expect((await project().outputs()).replicas).toEqual({ counter: 1 });
  return phases.map(({ size, status }) => `${size}: ${status.join(", ")}`).join("; ");
});
