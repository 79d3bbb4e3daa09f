import { join } from "node:path";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { countStatuses, createClient } from "../balancer/support/client";
import { openStream, type Stream } from "../balancer/support/streams";
import { followCapacity } from "../support/capacity";
import { docker, findReplica, findRunning, readState, succeeds, until, watchEvents } from "../support/engine";
import { start } from "../support/processes";
import { row, type RowResult } from "../support/rows";
import { lines } from "./lines/chatbot";
import { runExample } from "./support/commands";
import { deployWith, editFile, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { inWords } from "../support/counts";

const root = join(__dirname, "../../..");
const project = useExample("chatbot", "dev", {
  "pools.chat.limits.cpus": 0.2,
  "pools.chat.reservations.cpus": 0.2,
});
const prove = useLines("chatbot", lines);
/** Does something under load. */
function underLoad<Result>(
  what: string,
  operate: () => Promise<Result>,
  method?: "GET",
): Promise<RowResult<Result>> {
  return row(
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
  const { report } = await underLoad("one replica becomes three", () =>
    deployWith(project(), { "pools.chat.replicas": 3 }),
  );
  const three = await ask();
  expect(one["200"]).toBe(100);
  expect(three).toEqual({ "200": 300 });
  return `claimed 100 → 300, measured ${one["200"] ?? 0} → ${three["200"] ?? 0} at 0.2 CPU each; scaled under load: ${describeFailures(report)}`;
});

prove("retries", "two of three replicas fail", async () => {
  const client = createClient(project().port);
  const served = countStatuses(await client.askMany(9, "/api/rehearsal?status=503&on=chat-1,chat-2", 1));
  expect(served).toEqual({ "200": 9 });
  return inWords(served);
});

prove("deploy", "the command's help, and what it makes of --replicas", async () => {
  const command = ["--require", join(root, "loader/register.cjs"), join(root, "cli/main.ts"), "example"];
  const { code, text } = await start("node", [...command, "chatbot", "up", "--help"], root, process.env)
    .ended;
  expect(code).toBe(0);
  expect(text).toMatch(/--replicas/);
  await underLoad("up --replicas chat=4", () => runExample(project(), "up", "--replicas", "chat=4", "--yes"));
  const running = (): Promise<string[]> => findRunning(project().label, "flotilla.role=replica");
  expect(await running()).toHaveLength(4);
  await underLoad("four replicas become three", () =>
    runExample(project(), "up", "--replicas", "chat=3", "--yes"),
  );
  expect(await running()).toHaveLength(3);
  return `--replicas chat=4: 4 replicas; help says --replicas`;
});

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
  const { least, steps } = followCapacity(3, await stopWatching());
  expect(least).toBe(2);
  expect(steps).toHaveLength(6);
  for (const stream of streams) {
    const numbers = [...stream.text().matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
    expect(stream.text()).toContain('event: done\ndata: {"words":150');
  }
  const now = await findRunning(label, "flotilla.role=replica");
  expect(now.filter((name) => old.includes(name))).toEqual([]);
  return `${streams.length} of ${streams.length} with all 150 words; never fewer than ${least} of 3 ran: ${steps.join(", ")}; ${describeFailures(report)}`;
});

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
        return succeeds(docker("exec", replica, "node", "-e", 'fetch("http://127.0.0.1:3000/health")'));
      });
    },
    "GET",
  );
  const slowestMs = Math.max(...report.rows.map((each) => each.slowestMs));
  expect(result).toBeLessThan(30);
  expect(slowestMs).toBeLessThan(30_000);
  return `back by itself after ${result.toFixed(1)} s, slowest answer ${(slowestMs / 1000).toFixed(1)} s; ${describeFailures(report)}`;
});
