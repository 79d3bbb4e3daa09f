import { createServer } from "node:http";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { awaitFirstChecks, dockerLines, findRunning } from "../support/engine";
import { findFreePort } from "../support/ports";
import { row } from "../support/rows";
import { lines } from "./lines/scaling-lab";
import { readCounters, subtract } from "./support/counters";
import { editFile, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { readNumber, runTool } from "./support/tools";
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

function findReplicas(): Promise<string[]> {
  return findRunning(project().label, "flotilla.role=replica");
}

/** What the engine says of each replica. */
async function inspect(format: string): Promise<string[]> {
  return dockerLines("inspect", `--format=${format}`, ...(await findReplicas()));
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

prove("counts", "30 visits, the answers' number and the counters in Redis", async () => {
  const before = await readCounters(project().label);
  const first = (await visit()).body.visits;
  let last = first;
  for (let i = 0; i < 29; i++) last = (await visit()).body.visits;
  expect(last - first).toBe(29);
  const counted = subtract(await readCounters(project().label), before);
  expect(sum(counted)).toBe(30);
  expect(await inspect("{{range $port, $to := .NetworkSettings.Ports}}{{$port}} {{$to}}{{end}}")).toEqual([]);
  return `visits ${first} to ${last}; ${inWords(counted)}`;
});

prove("servedBy", "each answer is compared with the engine's containers", async () => {
  const known = new Map(
    (await inspect("{{.Config.Hostname}} {{.Id}} {{index .Config.Labels `flotilla.replica`}}")).map(
      (line) => {
        const [hostname = "", id = "", instance = ""] = line.split(" ");
        return [instance, { hostname, container_id: id.slice(0, 12), instance }];
      },
    ),
  );
  const seen = new Set<string>();
  for (let i = 0; i < 30; i++) {
    const { served_by: servedBy } = (await visit()).body;
    expect(servedBy).toEqual(known.get(servedBy.instance));
    seen.add(Object.values(servedBy).join(" "));
  }
  expect(seen.size).toBe(3);
  return [...seen].sort().join("; ");
});

prove("headers", "30 answers", async () => {
  const addresses = await inspect("{{range .NetworkSettings.Networks}}{{.IPAddress}}:5000 {{end}}").then(
    (found) => found.flatMap((line) => line.trim().split(" ")),
  );
  const upstreams = new Set<string>();
  const ids = new Set<string>();
  for (let i = 0; i < 30; i++) {
    const { headers } = await visit();
    expect(headers.get("x-served-by")).toBe("lab-balancer");
    upstreams.add(headers.get("x-upstream-server") ?? "");
    ids.add(headers.get("x-request-id") ?? "");
  }
  expect(upstreams.size).toBe(3);
  for (const upstream of upstreams) expect(addresses).toContain(upstream);
  expect(ids.size).toBe(30);
  const own = await fetch(project().url, { headers: { "X-Request-ID": "lab-4711" } });
  expect(own.headers.get("x-request-id")).toBe("lab-4711");
  return `lab-balancer; ${[...upstreams].sort().join(", ")}; 30 different ids, and a client's own is kept`;
});

prove("nginxStatus", "Nginx's counters before and after 50 requests", async () => {
  const read = async (): Promise<number[]> => {
    const text = await (await fetch(`${project().url}/nginx-status`)).text();
    return (/^ (\d+) (\d+) (\d+) $/m.exec(text) ?? []).slice(1).map(Number);
  };
  const [, , before = NaN] = await read();
  for (let i = 0; i < 50; i++) await visit();
  const [, , after = NaN] = await read();
  expect(after - before).toBeGreaterThanOrEqual(51);
  return `requests ${before} → ${after}`;
});

prove("loadTest", "/load-test?work=200 and ?wait=300, and an answer's time", async () => {
  const seconds = async (path: string): Promise<number> => {
    const startedAt = performance.now();
    await visit(path);
    return (performance.now() - startedAt) / 1000;
  };
  const worked = await seconds("/load-test?work=200");
  const waited = await seconds("/load-test?wait=300");
  expect(worked).toBeGreaterThan(0.2);
  expect(waited).toBeGreaterThan(0.3);
  return `200 ms of work ${worked.toFixed(2)} s, 300 ms of waiting ${waited.toFixed(2)} s`;
});

prove("limits", "what the engine holds each replica to", async () => {
  const format = "{{.NanoCpus}} {{.Memory}} {{.CpuShares}} {{.MemoryReservation}}";
  const found = await inspect(`{{with .HostConfig}}${format}{{end}}`);
  const mebibyte = 1024 * 1024;
  expect(found).toEqual(Array(3).fill(`500000000 ${256 * mebibyte} 256 ${128 * mebibyte}`));
  return `each of ${found.length}: ${found[0] ?? ""} (nano CPUs, bytes, shares of 1024, bytes)`;
});

prove("startPeriod", "the health check of each container, and what it found", async () => {
  await awaitFirstChecks(project().label);
  const found = await inspect("{{.Config.Healthcheck.StartPeriod}} {{.State.Health.Status}}");
  expect(found).toEqual(Array(3).fill("1m0s healthy"));
  return found.join(", ");
});

prove(
  "networkView",
  "docker network inspect of the stack's networks, and the engine's containers",
  async () => {
    const { networks } = (await project().outputs()) as { networks: Record<string, string> };
    const notes: string[] = [];
    for (const [name, network] of Object.entries(networks)) {
      const view = await dockerLines(
        ...["network", "inspect", network, "--format"],
        "{{range .Containers}}{{.Name}} {{.IPv4Address}}{{println}}{{end}}",
      );
      const role = name === "public" ? "flotilla.role=balancer" : "flotilla.store=counters";
      const expected = [...(await findReplicas()), ...(await findRunning(project().label, role))];
      const address = `{{slice .Name 1}} {{(index .NetworkSettings.Networks "${network}").IPAddress}}/{{(index .NetworkSettings.Networks "${network}").IPPrefixLen}}`;
      expect(view.sort()).toEqual((await dockerLines("inspect", `--format=${address}`, ...expected)).sort());
      expect(view).toHaveLength(4);
      notes.push(`${name}: ${view.join(", ")}`);
    }
    return notes.join("; ");
  },
);

prove(
  "oneInstance",
  "90 requests one after the other over one connection, and 90 over fresh ones",
  async () => {
    const notes: string[] = [];
    for (const connection of ["keep-alive", "close"]) {
      const counts: Record<string, number> = {};
      for (let i = 0; i < 90; i++) {
        const answer = await fetch(project().url, { headers: { connection } });
        const {
          served_by: { instance },
        } = (await answer.json()) as Visit;
        counts[instance] = (counts[instance] ?? 0) + 1;
      }
      expect(Object.keys(counts)).toHaveLength(3);
      expect(Math.max(...Object.values(counts))).toBeLessThan(45);
      notes.push(`${connection}: ${inWords(counts)}`);
    }
    return notes.join("; ");
  },
);

prove("ab", "1,000 requests of 10 at a time; what ab says, and what Redis counted", async () => {
  const before = await readCounters(project().label);
  const text = await runTool("ab", "apache2-utils", ["-l", "-n", "1000", "-c", "10", `${project().url}/`]);
  if (text === undefined) return "not tried: ab is not here, and cannot be installed";
  expect(readNumber(text, "Complete requests:")).toBe(1000);
  expect(readNumber(text, "Failed requests:")).toBe(0);
  expect(text).not.toContain("Non-2xx");
  const counted = subtract(await readCounters(project().label), before);
  expect(sum(counted)).toBe(1000);
  return `1000 requests, 0 failed, ${readNumber(text, "Requests per second:")} a second; ${inWords(counted)}`;
});

prove("wrk", "4 threads, 100 connections, 30 s; what wrk says, and what Redis counted", async () => {
  const before = await readCounters(project().label);
  const text = await runTool("wrk", "wrk", ["-t4", "-c100", "-d30s", "--timeout=15s", `${project().url}/`]);
  if (text === undefined) return "not tried: wrk is not here, and cannot be installed";
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  expect(text).not.toMatch(/Non-2xx|Socket errors/);
  const counted = subtract(await readCounters(project().label), before);
  expect(requests).toBeGreaterThan(1000);
  // Those that were under way when wrk stopped were counted too.
  expect(sum(counted)).toBeGreaterThanOrEqual(requests);
  expect(sum(counted)).toBeLessThanOrEqual(requests + 100);
  return `${requests} requests, 0 failed, ${readNumber(text, "Requests/sec:")} a second; ${inWords(counted)}`;
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
  await project().configure({ "scaling-lab:balancerName": "harbour" });
  const { report } = await row(
    { operation: "scaling-lab: another name of the balancer", target: project().url, load },
    () => project().deploy(),
  );
  const { headers } = await visit();
  expect(headers.get("x-served-by")).toBe("harbour");
  return `X-Served-By: ${headers.get("x-served-by") ?? ""}; ${describeFailures(report)}`;
});

prove("portTaken", "up with a port that another program has, under load", async () => {
  const { port, url, configure, up, preview } = project();
  const taken = await findFreePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(taken, "0.0.0.0", resolve));
  await configure({ "scaling-lab:port": String(taken) });
  const { result, report } = await row(
    { operation: "scaling-lab: up with a port that is in use", target: url, load },
    up,
  ).finally(() => other.close());
  expect(result.ok).toBe(false);
  const [message = ""] = result.text.split("\n").filter((line) => line.includes(`:${taken} `));
  expect(message, result.text).toMatch(/is taken/);
  await configure({ "scaling-lab:port": String(port) });
  expect((await preview()).text).not.toMatch(/to (?:create|update|replace|delete)/);
  return `"${message.trim()}"; ${describeFailures(report)}`;
});

prove("startingForEver", "a version whose health check never passes, under load", async () => {
  const { url, configure, up, deploy } = project();
  await configure({ "scaling-lab:startSeconds": "8" });
  const restore = editFile(
    project(),
    "app/app.py",
    'return jsonify(status="ok", instance=INSTANCE)',
    'return "not yet", 503',
  );
  const { result, report } = await row(
    { operation: "scaling-lab: a version that never becomes healthy", target: url, load },
    up,
  );
  expect(result.ok).toBe(false);
  const [message = ""] = result.text
    .split("\n")
    .filter((line) => line.includes("still not healthy after 8 s"));
  expect(message, result.text).toContain("counter-");
  expect(report.failed).toBe(0);
  restore();
  await configure({ "scaling-lab:startSeconds": "60" });
  await deploy();
  const left = (await findReplicas()).length;
  expect(left).toBe(3);
  await awaitFirstChecks(project().label);
  return `up failed after ${result.seconds.toFixed(0)} s: "${message.trim()}"; ${describeFailures(report)}; the next up mends it`;
});
