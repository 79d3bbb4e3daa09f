import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { readExample } from "../../../cli/example";
import { describeFailures, type LoadReport } from "../../load/report";
import { countStatuses, createClient } from "../balancer/support/client";
import { openStream, type Stream } from "../balancer/support/streams";
import { followCapacity } from "../support/capacity";
import { docker, findReplica, findRunning, readState, until, watchEvents } from "../support/engine";
import { start } from "../support/processes";
import { row, type RowResult } from "../support/rows";
import { lines } from "./lines/chatbot";
import { askReplica, countConnections, titles } from "./support/chatbot";
import { editFile, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { inWords } from "../support/counts";

const root = join(__dirname, "../../..");
const project = useExample("chatbot", "dev", { "chatbot:cpus": "0.2" });
const prove = useLines("chatbot", lines);
const askInside = <Body>(title: string, path: string): Promise<Body> =>
  askReplica(project().label, title, path);
const reports: LoadReport[] = [];

/** Does something under load, whose figures count for the claims. */
async function underLoad<Result>(
  what: string,
  operate: () => Promise<Result>,
  method?: "GET",
): Promise<RowResult<Result>> {
  const done = await row(
    {
      operation: `chatbot: ${what}`,
      target: `${project().url}/api/chat`,
      load: {
        clients: { busyGet: 4, busyPost: 2, slow: 2, idle: 2, fresh: 1 },
        slowPath: "?words=2&pause=<ms>",
        ...(method === undefined ? {} : { method }),
      },
    },
    operate,
  );
  reports.push(done.report);
  return done;
}

prove("development", "what it says of itself, and its log", async () => {
  const client = createClient(project().port);
  expect((await client.ask("/api/status")).text).toContain('"mode":"development"');
  await client.ask("/api/chat?message=hello");
  await client.ask({
    path: "/api/chat",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"message":"ahoy"}',
  });
  const log = await docker("logs", await findReplica(project().label, "chat-1"));
  expect(log).toContain('POST /api/chat 200 "ahoy"');
  expect((await client.ask("/api/rehearsal?status=418")).status).toBe(418);
  return "development; the log has what was said; failures can be rehearsed; one replica, no limits";
});

prove("concurrency", "300 answers of 5 s at once, from one replica and from three", async () => {
  const ask = async (): Promise<Record<string, number>> => {
    const client = createClient(project().port);
    return countStatuses(await client.askMany(300, "/api/chat?words=2&pause=5000", 300));
  };
  const one = await ask();
  await project().configure({ "chatbot:replicas": "3" });
  const { report } = await underLoad("one replica becomes three", () => project().deploy());
  const three = await ask();
  expect(one["200"]).toBe(100);
  expect(three).toEqual({ "200": 300 });
  return `claimed 100 → 300, measured ${one["200"] ?? 0} → ${three["200"] ?? 0} at 0.2 CPU each; scaled under load: ${describeFailures(report)}`;
});

prove("keptRequests", "1,000 requests of 4 clients, counted by the replicas", async () => {
  await createClient(project().port).askMany(1000, "/api/status", 4);
  const found = await Promise.all(
    titles.map((title) =>
      askInside<{ requestsOfOneConnection: number; connections: number }>(title, "/api/status"),
    ),
  );
  for (const { requestsOfOneConnection: most } of found) expect(most).toBeLessThanOrEqual(100);
  expect(Math.max(...found.map(({ requestsOfOneConnection: most }) => most))).toBe(100);
  return found
    .map(
      (each, index) =>
        `${titles[index] ?? ""} ${each.connections} connections, at most ${each.requestsOfOneConnection} requests on one`,
    )
    .join("; ");
});

prove("keptIdle", "connections after 150 requests at once, at rest, and after a minute", async () => {
  const workers = Number(
    await docker("exec", (await findRunning(project().label, "flotilla.role=balancer"))[0] ?? "", "nproc"),
  );
  await createClient(project().port).askMany(150, "/api/chat?words=2&pause=2000", 150);
  await wait(2000);
  const kept = await countConnections(project().label);
  await wait(50_000);
  const later = await countConnections(project().label);
  await wait(15_000);
  const atLast = await countConnections(project().label);
  expect(kept).toBeGreaterThan(32);
  expect(kept).toBeLessThanOrEqual(64 * workers);
  expect(later).toBeGreaterThan(atLast);
  // The question for health that is just being asked.
  expect(atLast).toBeLessThanOrEqual(3);
  return `150 at once left ${kept} connections (${workers} workers); after 52 s ${later}, after 67 s ${atLast}`;
});

/** How often each replica was asked to fail. */
async function countTries(): Promise<number> {
  const seen = await Promise.all(titles.map((title) => askInside<{ seen: number }>(title, "/api/rehearsal")));
  return seen.reduce((sum, each) => sum + each.seen, 0);
}

prove("retries", "every replica fails: tries of one request; then all but one fail", async () => {
  const client = createClient(project().port);
  const notes: string[] = [];
  const rehearse = async (wish: string): Promise<void> => {
    const before = await countTries();
    const { status, seconds } = await client.ask(`/api/rehearsal?${wish}`);
    const tries = (await countTries()) - before;
    expect(tries).toBe(3);
    expect(seconds).toBeLessThan(31);
    notes.push(`${wish}: ${tries} tries in ${seconds.toFixed(1)} s, then ${status}`);
  };
  await rehearse("status=502");
  await rehearse("fail=drop");
  // Two failures of three are forgotten after 30 s, and one good answer.
  await wait(31_000);
  await client.askMany(30, "/api/status", 1);
  await rehearse("status=503");
  await rehearse("status=504");
  await wait(31_000);
  await client.askMany(30, "/api/status", 1);
  await rehearse("fail=hang");
  await wait(31_000);
  await client.askMany(30, "/api/status", 1);
  const served = countStatuses(await client.askMany(9, "/api/rehearsal?status=503&on=chat-1,chat-2", 1));
  expect(served).toEqual({ "200": 9 });
  return `${notes.join("; ")}; two of three fail: ${inWords(served)}`;
});

prove("failures", "100 requests that fail on one replica, and requests 31 s later", async () => {
  const client = createClient(project().port);
  await wait(31_000);
  await client.askMany(30, "/api/status", 1);
  const read = async (): Promise<number> =>
    (await askInside<{ seen: number }>("chat-1", "/api/rehearsal")).seen;
  const before = await read();
  expect(countStatuses(await client.askMany(100, "/api/rehearsal?status=503&on=chat-1", 1))).toEqual({
    "200": 100,
  });
  const asked = (await read()) - before;
  expect(asked).toBe(3);
  const instances = async (): Promise<string[]> =>
    (await client.askMany(30, "/api/status", 1)).map(({ headers }) => String(headers["x-instance-id"]));
  expect(await instances()).not.toContain("chat-1");
  await wait(32_000);
  expect(await instances()).toContain("chat-1");
  return `of 100 requests the failing replica got ${asked}; none for 30 s, then its share again`;
});

prove("deploy", "the command's help, and what it makes of --replicas", async () => {
  const command = ["--require", join(root, "loader/register.cjs"), join(root, "cli/main.ts"), "example"];
  const { code, text } = await start("node", [...command, "chatbot", "up", "--help"], root, process.env)
    .ended;
  expect(code).toBe(0);
  expect(text).toMatch(/--replicas/);
  const [, ...settings] = readExample("chatbot", ["--replicas", "chat=4"], ["up"]).words;
  await underLoad("up --replicas chat=4", () =>
    project().run("pulumi", "up", `--stack=${project().stack}`, "--yes", "--skip-preview", ...settings),
  );
  const running = (): Promise<string[]> => findRunning(project().label, "flotilla.role=replica");
  expect(await running()).toHaveLength(4);
  await project().configure({ "chatbot:replicas": "3" });
  await underLoad("four replicas become three", () => project().deploy());
  expect(await running()).toHaveLength(3);
  return `${settings.join(" ")}: 4 replicas; help says --replicas`;
});

let stepsOfUpdate: string[] = [];
let least = 0;
prove("streams", "nine answers of 150 words over 30 s, and a new version of all replicas", async () => {
  const { label, url, deploy } = project();
  const old = await findRunning(label, "flotilla.role=replica");
  const streams: Stream[] = await Promise.all(
    Array.from({ length: 9 }, () => openStream(`${url}/api/chat/stream?words=150&pause=200`)),
  );
  await Promise.all(streams.map((stream) => stream.waitFor('"number":3')));
  editFile(project(), "app/answers.js", "the harbour", "the haven");
  const stopWatching = await watchEvents(label);
  const { report } = await underLoad("a new version while answers are being given", () => deploy());
  const capacity = followCapacity(3, await stopWatching());
  ({ steps: stepsOfUpdate, least } = capacity);
  for (const stream of streams) {
    const numbers = [...stream.text().matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
    expect(stream.text()).toContain('event: done\ndata: {"words":150');
  }
  const now = await findRunning(label, "flotilla.role=replica");
  expect(now.filter((name) => old.includes(name))).toEqual([]);
  const homes = streams.map((stream) => /"instance":"(chat-\d)"/.exec(stream.text())?.[1] ?? "");
  expect(new Set(homes).size).toBe(3);
  return `${streams.length} of ${streams.length} with all 150 words, from ${homes.sort().join(" ")}; meanwhile ${describeFailures(report)}`;
});

prove("rolling", "what the engine did in that update", () => {
  expect(least).toBe(2);
  expect(stepsOfUpdate).toHaveLength(6);
  return Promise.resolve(`never fewer than ${least} of 3 ran: ${stepsOfUpdate.join(", ")}`);
});

let slowestMs = NaN;
prove("dead", "all processes of one replica are killed, under load of GETs", async () => {
  const replica = await findReplica(project().label, "chat-2");
  const before = (await readState(replica)).startedAt;
  const { result, report } = await underLoad(
    "a replica dies",
    async () => {
      await docker("exec", "--user=root", replica, "sh", "-c", "kill -9 -1").catch(() => "");
      return until("it runs and answers again", async () => {
        const { status, startedAt } = await readState(replica);
        if (status !== "running" || startedAt === before) return false;
        return askInside("chat-2", "/health").then(
          () => true,
          () => false,
        );
      });
    },
    "GET",
  );
  slowestMs = Math.max(...report.rows.map((each) => each.slowestMs));
  expect(result).toBeLessThan(30);
  return `back by itself after ${result.toFixed(1)} s; ${describeFailures(report)}`;
});

prove("failover", "the slowest answer while that replica died", () => {
  expect(slowestMs).toBeLessThan(30_000);
  return Promise.resolve(
    `claimed under 30 s, measured: no failure, slowest answer ${(slowestMs / 1000).toFixed(1)} s`,
  );
});

prove("stopped", "docker stop, then up, and up again", async () => {
  const replica = await findReplica(project().label, "chat-3");
  const { result, report } = await underLoad(
    "a replica is stopped by hand and started by up",
    async () => {
      await docker("stop", replica);
      const { seconds } = await project().deploy();
      await until("it answers", () =>
        askInside("chat-3", "/health").then(
          () => true,
          () => false,
        ),
      );
      return seconds;
    },
    "GET",
  );
  expect(result).toBeLessThan(30);
  const again = await project().deploy();
  expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  return `up took ${result.toFixed(1)} s; ${describeFailures(report)}`;
});

function countAll(): { sent: number; failed: number } {
  expect(reports.length).toBeGreaterThanOrEqual(6);
  const sum = (key: "sent" | "failed"): number => reports.reduce((total, report) => total + report[key], 0);
  return { sent: sum("sent"), failed: sum("failed") };
}

prove("available", "all requests of these operations: scaling, updates, a death and a stop", () => {
  const { sent, failed } = countAll();
  const percent = (100 * (sent - failed)) / sent;
  expect(percent).toBeGreaterThanOrEqual(99.9);
  return Promise.resolve(`claimed 99.9 %, measured ${percent.toFixed(3)} % of ${sent}`);
});

prove("errors", "the same requests", () => {
  const { sent, failed } = countAll();
  expect(failed / sent).toBeLessThan(0.01);
  return Promise.resolve(`claimed under 1 %, measured ${failed} of ${sent}`);
});
