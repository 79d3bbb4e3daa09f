import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { renderHealthCheck } from "../../components/service/options/health-check/render";
import { healthCheck } from "../../components/service/options/health-check/schema";
import { docker, until } from "../engine/support/engine";
import { concludeRatios, readCount } from "./support/measure";

/** Part of what the checks of an ordinary HEALTHCHECK cost that those of Flotilla may cost. */
const goal = 0.1;
const port = 3000;
const prefix = `flotilla-bench-health-${process.pid}`;

/** An application that does nothing but answer, and what a Dockerfile would say of its health. */
const applications: Record<string, { image: string; start: string[]; check: string }> = {
  node: {
    image: "node:24-slim",
    start: ["node", "-e", `require("http").createServer((q, s) => s.end("well")).listen(${port})`],
    check: `node -e 'fetch("http://127.0.0.1:${port}/health").then((r) => process.exit(r.ok ? 0 : 1))'`,
  },
  python: {
    image: "python:3.14-slim",
    start: [
      "sh",
      "-c",
      `mkdir /tmp/site && : > /tmp/site/health && python -m http.server -d /tmp/site ${port}`,
    ],
    check: `python -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:${port}/health")'`,
  },
};

/** Processors that the whole machine of the engine is busy with, on average, while some seconds pass. */
async function measureBusy(seconds: number): Promise<number> {
  const read = async () => {
    const fields = (await docker("run", "--rm", "node:24-slim", "cat", "/proc/stat"))
      .split("\n")[0]
      ?.split(/\s+/);
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields?.slice(1).map(Number) ?? [];
    // A hundredth of a second each.
    return { busy: (user + nice + system + irq + softirq) / 100, at: performance.now() / 1000 };
  };
  const before = await read();
  await wait(seconds * 1000);
  const after = await read();
  return (after.busy - before.busy) / (after.at - before.at);
}

/** Containers of one application with a check, until they are removed. */
async function startReplicas(name: string, count: number, check: string[]): Promise<() => Promise<void>> {
  const application = applications[name];
  if (application === undefined)
    throw new Error(`--application must be one of ${Object.keys(applications).join(", ")}.`);
  const { image, start } = application;
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  for (const each of names)
    await docker("run", "--detach", "--init", `--name=${each}`, ...check, image, ...start);
  return async () => {
    await docker("rm", "--force", ...names);
  };
}

/** A check as it is before Pulumi's program runs. */
interface Check {
  tests: string[];
  interval: string;
  timeout: string;
}

function renderFlags(name: string): Record<string, string[]> {
  const { tests, interval, timeout } = renderHealthCheck(healthCheck.parse({}), port) as Check;
  const ours = tests[1] ?? "";
  return {
    none: ["--no-healthcheck"],
    ordinary: ["--health-interval=10s", "--health-timeout=5s", `--health-cmd=${applications[name]?.check}`],
    flotilla: [`--health-interval=${interval}`, `--health-timeout=${timeout}`, `--health-cmd=${ours}`],
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      replicas: { type: "string", default: "50" },
      seconds: { type: "string", default: "60" },
      application: { type: "string", default: "node" },
    },
  });
  const [rounds, replicas, seconds] = [
    readCount("--rounds", values.rounds),
    readCount("--replicas", values.replicas),
    readCount("--seconds", values.seconds),
  ];
  console.log(
    `Processors that the checks of 100 healthy replicas keep busy (${values.application}, ${replicas} tried)`,
  );
  console.log("round  ordinary  flotilla     ratio");
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const busy: Record<string, number> = {};
    for (const [kind, flags] of Object.entries(renderFlags(values.application))) {
      const remove = await startReplicas(values.application, replicas, flags);
      try {
        if (kind !== "none")
          await until("the last one is healthy", () => isHealthy(`${prefix}-${replicas - 1}`));
        await wait(15_000);
        busy[kind] = await measureBusy(seconds);
      } finally {
        await remove();
      }
    }
    const { none = 0, ordinary = 0, flotilla = 0 } = busy;
    const [theirs, ours] = [ordinary, flotilla].map((each) => ((each - none) * 100) / replicas) as [
      number,
      number,
    ];
    ratios.push(ours / theirs);
    const cells = [theirs, ours, ours / theirs].map((cell) => cell.toFixed(3).padStart(10));
    console.log(`${String(round).padStart(5)}${cells.join("")}`);
  }
  concludeRatios(ratios, goal);
}

async function isHealthy(container: string): Promise<boolean> {
  return (await docker("inspect", "--format={{.State.Health.Status}}", container)) === "healthy";
}

void main();
