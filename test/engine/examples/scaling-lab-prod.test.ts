import { createServer } from "node:http";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { awaitFirstChecks, dockerLines, findRunning } from "../support/engine";
import { findFreePort } from "../support/ports";
import { row } from "../support/rows";
import { lines } from "./lines/scaling-lab";
import { readCounters, subtract } from "./support/counters";
import { deployWith, editFile, settle, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { inWords } from "../support/counts";

const project = useExample("scaling-lab", "prod");
const prove = useLines("scaling-lab", lines);
const load = {
  clients: { busyGet: 4, busyPost: 2, slow: 2, idle: 2, fresh: 1 },
  paceMs: { busy: 20, fresh: 20 },
  slowPath: "load-test?wait=<ms>",
};

interface Visit {
  visits: number;
  served_by: { hostname: string; container_id: string; instance: string };
}

async function visit(path = "/"): Promise<{ headers: Headers; body: Visit }> {
  const answer = await fetch(project().url + path);
  expect(answer.status).toBe(200);
  return { headers: answer.headers, body: (await answer.json()) as Visit };
}

/** What the engine says of each replica. */
async function inspect(format: string): Promise<string[]> {
  const replicas = await findRunning(project().label, "flotilla.role=replica");
  return dockerLines("inspect", `--format=${format}`, ...replicas);
}

prove("counts", "30 visits, the answers' number and the counters in Redis", async () => {
  const before = await readCounters(project().label);
  const first = (await visit()).body.visits;
  let last = first;
  for (let i = 0; i < 29; i++) last = (await visit()).body.visits;
  expect(last - first).toBe(29);
  const counted = subtract(await readCounters(project().label), before);
  expect(Object.values(counted).reduce((total, each) => total + each, 0)).toBe(30);
  expect(await inspect("{{range $port, $to := .NetworkSettings.Ports}}{{$port}} {{$to}}{{end}}")).toEqual([]);
  return `visits ${first} to ${last}; ${inWords(counted)}`;
});

prove("servedBy", "30 answers, compared with the engine's containers", async () => {
  const known = new Map(
    (await inspect("{{.Config.Hostname}} {{.Id}} {{index .Config.Labels `flotilla.replica`}}")).map(
      (line) => {
        const [hostname = "", id = "", instance = ""] = line.split(" ");
        return [instance, { hostname, container_id: id.slice(0, 12), instance }];
      },
    ),
  );
  const upstreams = new Set<string>();
  const ids = new Set<string>();
  for (let i = 0; i < 30; i++) {
    const { headers, body } = await visit();
    expect(body.served_by).toEqual(known.get(body.served_by.instance));
    expect(headers.get("x-served-by")).toBe("lab-balancer");
    upstreams.add(headers.get("x-upstream-server") ?? "");
    ids.add(headers.get("x-request-id") ?? "");
  }
  expect([upstreams.size, ids.size]).toEqual([3, 30]);
  return `lab-balancer; ${[...upstreams].sort().join(", ")}; 30 different ids`;
});

prove("limits", "what the engine is told of each replica, and what it found", async () => {
  await awaitFirstChecks(project().label);
  const limits = "{{.NanoCpus}} {{.Memory}} {{.CpuShares}} {{.MemoryReservation}}";
  const health = "{{.Config.Healthcheck.StartPeriod}} {{.State.Health.Status}}";
  const found = await inspect(`{{with .HostConfig}}${limits}{{end}} ${health}`);
  const mebibyte = 1024 * 1024;
  expect(found).toEqual(
    Array(3).fill(`500000000 ${256 * mebibyte} 256 ${128 * mebibyte} 60000000000 healthy`),
  );
  return `each of ${found.length}: ${found[0] ?? ""} (nano CPUs, bytes, shares of 1024, bytes, start period)`;
});

prove("loadTest", "/load-test?work=200 and ?wait=300, and /nginx-status", async () => {
  const startedAt = performance.now();
  await visit("/load-test?work=200");
  await visit("/load-test?wait=300");
  const seconds = (performance.now() - startedAt) / 1000;
  expect(seconds).toBeGreaterThan(0.5);
  const text = await (await fetch(`${project().url}/nginx-status`)).text();
  expect(text).toMatch(/^ \d+ \d+ \d+ $/m);
  return `200 ms of work and 300 ms of waiting in ${seconds.toFixed(2)} s`;
});

prove("laterChanges", "a new version of the source, under load", async () => {
  editFile(project(), "app/app.py", "visits=count(),", 'version="2", visits=count(),');
  const { report, seconds } = await row(
    { operation: "scaling-lab: a new version of three replicas", target: project().url, load },
    () => project().deploy(),
  );
  expect(Object.keys(report.versions)).toEqual(["2"]);
  expect(report.failed).toBe(0);
  return `${describeFailures(report)} in ${seconds.toFixed(0)} s`;
});

prove("balancerName", "another name, under load", async () => {
  const { report } = await row(
    { operation: "scaling-lab: another name of the balancer", target: project().url, load },
    () => deployWith(project(), { "balancer.name": "harbour" }),
  );
  const { headers } = await visit();
  expect(headers.get("x-served-by")).toBe("harbour");
  return `X-Served-By: ${headers.get("x-served-by") ?? ""}; ${describeFailures(report)}`;
});

prove("portTaken", "up with a port that another program has, under load", async () => {
  const { port, url, up, preview } = project();
  const taken = await findFreePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(taken, "0.0.0.0", resolve));
  await settle(project(), { "balancer.port": taken });
  const { result, report } = await row(
    { operation: "scaling-lab: up with a port that is in use", target: url, load },
    up,
  ).finally(() => other.close());
  expect(result.ok).toBe(false);
  const [message = ""] = result.text.split("\n").filter((line) => line.includes(`:${taken} `));
  expect(message, result.text).toMatch(/is taken/);
  await settle(project(), { "balancer.port": port });
  expect((await preview()).text).not.toMatch(/to (?:create|update|replace|delete)/);
  return `"${message.trim()}"; ${describeFailures(report)}`;
});
