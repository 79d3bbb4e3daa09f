import { describe, expect, test } from "vitest";
import { listFiring } from "../../../cli/operator/alerts";
import { type BalancerLook, measurePools, readLook } from "../../../cli/operator/figures";
import { parseAnswer } from "../../../cli/operator/prometheus";
import { type Findings, summarize } from "../../../cli/operator/status";
import { renderStatus } from "../../../cli/operator/status-text";
import { choosePaint, plain } from "../../../cli/operator/style";
import { describeBytes, describeSpan, renderTable } from "../../../cli/operator/table";
import { readBytes } from "../../../cli/operator/usage";
import type { Figures } from "../../../nginx/watch/figures";
import { expectGolden } from "../../support/golden";
import { makePart, shop } from "../../support/parts";

const start = Date.parse("2026-11-27T10:00:00Z");

function look(requests: number, failed: number, at: number, more: Partial<Figures> = {}): BalancerLook {
  const replica = (number: number, own: number): Figures["replicas"][number] => ({
    ...{
      pool: "api",
      replica: `api-${number}`,
      container: `app-api-${number}-0a1b2c3`,
      address: "10.0.0.2:3000",
    },
    ...{ state: "healthy", since: null, lastAnswer: "200", strikes: 0, requests: own, errors: number - 1 },
    ...{ streams: 0, averageMs: 3, p95Ms: 25 },
  });
  return {
    ...{ balancer: "balancer", service: "app", at, disk: { used: 12 * 1024 ** 3, size: 80 * 1024 ** 3 } },
    held: [],
    figures: {
      replicas: [replica(1, requests * 0.75), replica(2, requests * 0.25)],
      pools: [{ pool: "api", requests, failed }],
      certificates: [{ file: "certificates/1.pem", expires: (start + 200 * 86_400_000) / 1000 }],
      ...more,
    },
  };
}

function find(own: Partial<Findings> = {}): Findings {
  return {
    ...{ stack: "shop/dev", engine: undefined, parts: shop, alerts: [] },
    images: new Map([["sha256:1", "registry.example.com/shop/api:1.3"]]),
    usage: new Map(shop.map(({ id }) => [id, { cpuPercent: 3.4, memoryBytes: 31 * 1024 ** 2 }])),
    before: [look(1000, 2, start - 2000)],
    now: [look(1100, 2, start)],
    backups: [{ store: "main", last: "2026-11-27T03:00:00Z", verified: true, fault: null }],
    ...own,
  };
}

test("a stack that is well, in 80 columns", () => {
  const lines = renderStatus(summarize(find(), start), "dev", 80, plain);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expectGolden("cli/status.txt", `${lines.join("\n")}\n`);
});

test("a stack that is not well says what is to be done", () => {
  const parts = shop.map((part) =>
    part.title === "api-2"
      ? { ...part, state: "exited", exitCode: 137, outOfMemory: true, endedAt: start - 5000, restarts: 3 }
      : part.title === "price-1"
        ? { ...part, health: "unhealthy" }
        : part,
  );
  const status = summarize(
    find({
      parts,
      engine: "ssh://deploy@host",
      now: [
        look(1100, 2, start, {
          certificates: [{ file: "certificates/1.pem", expires: (start + 3 * 86_400_000) / 1000 }],
        }),
      ],
      backups: [{ store: "main", last: null, verified: false, fault: null }],
      alerts: [{ alert: "PoolDown", severity: "critical", since: "", summary: "Nobody answers for price." }],
    }),
    start,
  );
  expect(status.ok).toBe(false);
  const table = renderStatus(status, "dev", 80, plain).filter(
    (line) => !line.startsWith("  !") && !line.includes("\n"),
  );
  expect(table.filter((line) => line.length > 80)).toEqual([]);
  expectGolden("cli/status-ill.txt", `${renderStatus(status, "dev", 80, plain).join("\n")}\n`);
});

test("a replica that the balancer has taken out is out, although the engine finds it healthy", () => {
  const now = look(10, 0, start);
  const [first, ...rest] = now.figures?.replicas ?? [];
  if (first === undefined || now.figures === undefined) throw new Error("There is no replica.");
  now.figures.replicas = [{ ...first, state: "out" }, ...rest];
  const { parts, problems } = summarize(find({ now: [now] }), start);
  expect(parts.find(({ title }) => title === "api-1")?.state).toBe("out");
  expect(problems).toEqual([
    "api-1 gets no requests: its health check fails. Look at: npm run logs -- api-1",
  ]);
});

test("a stack that was stopped says that alone", () => {
  const parts = shop.map((part) => ({ ...part, state: "exited" }));
  expect(summarize(find({ parts }), start).problems).toEqual([
    "Nothing of the stack runs. Start it: npm run start",
  ]);
});

test("a stack without figures has no traffic, but the rest", () => {
  const { pools, ok } = summarize(find({ before: [], now: [] }), start);
  expect(ok).toBe(true);
  expect(pools[0]).toEqual({
    ...{ service: "app", pool: "api", well: 2, replicas: 2 },
    ...{ requests: null, failed: null, requestsPerSecond: null },
  });
});

describe("traffic", () => {
  test("is the difference of two looks", () => {
    expect(measurePools([look(1000, 2, 0)], [look(1100, 3, 2000)]).get("app/api")).toEqual({
      ...{ requests: 1100, failed: 3, perSecond: 50 },
    });
  });

  test("is not known at first, nor of a balancer that has begun again", () => {
    expect(measurePools([], [look(5, 0, 0)]).get("app/api")?.perSecond).toBeNull();
    expect(measurePools([look(1000, 2, 0)], [look(5, 0, 2000)]).get("app/api")?.perSecond).toBeNull();
  });
});

test("a look into a balancer is read; without the watch there is the disk alone", () => {
  const disk = "overlay 1000 400 500 45% /etc/flotilla\n";
  expect(
    readLook(`{"replicas":[],"pools":[],"certificates":[]}\n${disk}held api 1795770000\nheld web \n`),
  ).toEqual({
    figures: { replicas: [], pools: [], certificates: [] },
    disk: { used: 400 * 1024, size: 900 * 1024 },
    held: [{ pool: "api", until: 1795770000 }],
  });
  expect(readLook(`\n${disk}`).figures).toBeUndefined();
  expect(readLook("")).toEqual({ figures: undefined, disk: undefined, held: [] });
});

test("what is held is told until its end, once where several balancers hold it", () => {
  const held = [
    { pool: "api", until: start / 1000 + 20 },
    { pool: "web", until: start / 1000 },
  ];
  const looks = [
    { ...look(1100, 2, start), held },
    { ...look(1100, 2, start), held },
  ];
  const status = summarize(find({ now: looks }), start);
  expect(status).toMatchObject({ ok: true, held: [{ pool: "api" }] });
  expect(renderStatus(status, "prod", 80, plain).join("\n")).toMatch(
    /\* Requests of api wait until \d\d:\d\d:\d\d UTC\. End it: npm run hold -- off --stack prod\n/,
  );
});

test("the alerts that are firing are read from Prometheus' answer", () => {
  const alert = (state: string, severity: string) => ({
    ...{ state, activeAt: "2026-11-27T09:00:00Z" },
    labels: { alertname: "PoolDown", severity },
    annotations: { summary: "Nobody answers." },
  });
  const body = {
    data: { alerts: [alert("firing", "critical"), alert("pending", "critical"), alert("firing", "none")] },
  };
  expect(listFiring(parseAnswer(`HTTP/1.0 200 OK\r\n\r\n${JSON.stringify(body)}`))).toEqual([
    { alert: "PoolDown", severity: "critical", since: "2026-11-27T09:00:00Z", summary: "Nobody answers." },
  ]);
  expect(listFiring(parseAnswer("HTTP/1.0 401 Unauthorized\r\n\r\n{}"))).toEqual([]);
  expect(listFiring(parseAnswer(""))).toEqual([]);
});

test.each([
  ["31.2MiB / 256MiB", 32_715_571],
  ["0B / 0B", 0],
  ["1.5GiB / 2GiB", 1_610_612_736],
])("%s is read", (text, bytes) => {
  expect(readBytes(text)).toBe(bytes);
});

test.each([
  [4000, "4 s"],
  [61_000, "1 m"],
  [7_300_000, "2 h"],
  [86_400_000 * 3, "3 d"],
  [-5, "0 s"],
])("%d ms are %s", (span, text) => {
  expect(describeSpan(span)).toBe(text);
});

test("bytes have few digits", () => {
  expect([0, 999, 1536, 12 * 1024 ** 3].map(describeBytes)).toEqual(["0 B", "999 B", "1.5 KiB", "12 GiB"]);
});

test("a table keeps to the width where columns can give way, and leaves out empty ones", () => {
  const rows = [{ a: "a-very-long-name", b: "1" }];
  const columns = [
    { title: "A", text: ({ a }: (typeof rows)[0]) => a, least: 6 },
    { title: "B", text: ({ b }: (typeof rows)[0]) => b, isNumber: true },
    { title: "C", text: () => "" },
  ];
  expect(renderTable(rows, columns, 12)).toEqual(["A          B", "a-very-l…  1"]);
  const withSpare = [...columns, { title: "SPARE", text: () => "x", isSpare: true }];
  expect(renderTable(rows, withSpare, 12)).toEqual(["A          B", "a-very-l…  1"]);
  expect(renderTable(rows, withSpare, 30)).toEqual(["A                 B  SPARE", "a-very-long-name  1  x"]);
  const ofVersions = [{ title: "A", text: ({ a }: (typeof rows)[0]) => a, least: 6, keepsEnd: true }];
  expect(renderTable(rows, ofVersions, 9)).toEqual(["A", "…ong-name"]);
});

test("a version is shown by the first digits of its hash", () => {
  const images = new Map([["sha256:1", `flotilla/shop-dev-app:${"0a1b2c3d4e5f".repeat(3)}`]]);
  const lines = renderStatus(summarize(find({ images }), start), "dev", 80, plain);
  expect(lines.find((line) => line.includes("api-1"))).toMatch(/:0a1b2c3 /);
});

test("there are colours at a terminal alone, and none where nobody wants them", () => {
  const painted = (isTerminal: boolean, environment: NodeJS.ProcessEnv) =>
    choosePaint({ isTerminal, environment })("red", "x");
  expect(painted(true, {})).toBe("\u001b[31mx\u001b[39m");
  expect(painted(true, { NO_COLOR: "1" })).toBe("x");
  expect(painted(true, { TERM: "dumb" })).toBe("x");
  expect(painted(false, {})).toBe("x");
});

test("a part without a limit shows what it uses", () => {
  const parts = [makePart({ title: "api-1", pool: "api" })];
  const usage = new Map(parts.map(({ id }) => [id, { cpuPercent: 0, memoryBytes: 2 * 1024 ** 2 }]));
  const lines = renderStatus(
    summarize(find({ parts, usage, now: [], before: [], backups: [] }), start),
    "dev",
    80,
    plain,
  );
  expect(lines.join("\n")).toContain("2 MiB");
});
