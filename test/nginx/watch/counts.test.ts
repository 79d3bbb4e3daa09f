import { describe, expect, test } from "vitest";
import { classOf, countRequest } from "../../../nginx/watch/counters";
import { summarizePools } from "../../../nginx/watch/figures";
import { countLines, parseLine } from "../../../nginx/watch/lines";
import { renderMetrics } from "../../../nginx/watch/metrics";
import { parseReplicas } from "../../../nginx/watch/replicas";
import { summarizeReplicas } from "../../../nginx/watch/status";
import { parseMetrics } from "../../support/metrics";

const list = parseReplicas("api api-1 a 3000 10.0.0.1\napi api-2 b 3000 10.0.0.2\n");
const replicas = new Map(list.map((replica) => [replica.address, replica]));
const settings = {
  name: "shop",
  sharesFront: false,
  upstreams: [{ name: "api", holdSeconds: 0, takesAnyAnswer: false }],
  routes: [
    { title: "/", upstream: "api" },
    { title: "/few", upstream: "api" },
  ],
  caches: [],
};
const connections = { active: 3, reading: 0, writing: 1, waiting: 2, accepted: 40, handled: 40 };

/** What lines of the log add to the counters, and who has failed. */
function count(...lines: string[]): { counters: Map<string, number>; failed: string[] } {
  const counters = new Map<string, number>();
  const failed = [...countLines(`${lines.join("\n")}\n`)].flatMap(([line, times]) =>
    countRequest(parseLine(line), times, { replicas, settings }, (key, by) => {
      counters.set(key, (counters.get(key) ?? 0) + by);
    }),
  );
  return { counters, failed };
}

const good = "200\t0.020\t300\t-\t0\t10.0.0.1:3000\t200\t0.019";

describe("lines of the log", () => {
  test("are counted once each, equal ones together", () => {
    const { counters, failed } = count(good, good, good);
    expect(counters.get("requests\tapi\tapi-1\t2xx")).toBe(3);
    expect(counters.get("bytes\tapi")).toBe(900);
    expect(counters.get("seconds\tapi\t2")).toBe(3);
    expect(counters.get("seconds_sum\tapi")).toBeCloseTo(0.06);
    expect(counters.has("retries\tapi")).toBe(false);
    expect(failed).toEqual([]);
  });

  test("tell who failed before another answered", () => {
    const { counters, failed } = count(
      "200\t1.020\t300\t-\t0\t10.0.0.2:3000, 10.0.0.1:3000\t504, 200\t1.000, 0.020",
    );
    expect(failed).toEqual(["b:3000"]);
    expect(counters.get("requests\tapi\tapi-1\t2xx")).toBe(1);
    expect(counters.get("errors\tapi\tapi-2")).toBe(1);
    expect(counters.get("retries\tapi")).toBe(1);
  });

  test("do not take the waiting room for a replica", () => {
    const { counters } = count(
      "200\t1.3\t300\t-\t0\tapi : 127.0.0.1:8101 : 10.0.0.1:3000\t502 : 200 : 200\t0.000 : 1.200 : 0.020",
    );
    expect(counters.get("requests\tapi\tapi-1\t2xx")).toBe(1);
    expect(counters.get("retries\tapi")).toBe(1);
  });

  test("of streams count as streams, and not as quick or slow answers", () => {
    const { counters } = count("101\t3600.000\t9000\t-\t0\t10.0.0.1:3000\t101\t3600.000", good);
    expect(counters.get("streams\tapi\tapi-1")).toBe(1);
    expect(counters.get("requests\tapi\tapi-1\t1xx")).toBe(1);
    expect(counters.get("bytes\tapi")).toBe(9300);
    expect(counters.get("seconds_sum\tapi")).toBeCloseTo(0.02);
    expect(counters.get("try_seconds_sum\tapi\tapi-1")).toBeCloseTo(0.019);
    expect(summarizeReplicas(counters, list)[0]).toMatchObject({ requests: 1, streams: 1, errors: 0 });
  });

  test("name the route that refused too many requests", () => {
    expect(count("429\t0.000\t100\t-\t1\t-\t-\t-").counters.get("limited\t/few")).toBe(1);
  });

  test("count kept answers for the route's pool", () => {
    const { counters } = count("200\t0.000\t100\tHIT\t0\t-\t-\t-");
    expect(counters.get("cache\tapi\tHIT")).toBe(1);
    expect(counters.get("requests\tapi\t\t2xx")).toBe(1);
  });

  test("fall into the class whose bound they do not exceed", () => {
    expect([0, 0.005, 0.006, 10, 11].map(classOf)).toEqual([0, 0, 1, 10, 11]);
  });
});

describe("the numbers", () => {
  const { counters } = count(good, "500\t0.500\t50\t-\t0\t10.0.0.2:3000\t500\t0.499");

  test("are what Prometheus reads", () => {
    const samples = parseMetrics(renderMetrics(counters, list, connections));
    expect(samples).toContainEqual({
      name: "flotilla_requests_total",
      labels: { upstream: "api", replica: "api-2", class: "5xx" },
      value: 1,
    });
    const buckets = samples.filter(({ name }) => name === "flotilla_request_duration_seconds_bucket");
    expect(buckets.map(({ value }) => value)).toEqual([0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
  });

  test("are there once where an update has two replicas of one title", () => {
    const both = [...list, ...parseReplicas("api api-1 c 3000 10.0.0.3\n")].map((replica) => ({
      ...replica,
      health: {
        state: replica.name === "c:3000" ? ("healthy" as const) : ("out" as const),
        since: 0,
        asked: 0,
        answer: "",
        strikes: 0,
        address: "",
      },
    }));
    const samples = parseMetrics(renderMetrics(counters, both, connections));
    expect(
      samples.filter(({ name, labels }) => name === "flotilla_replica_up" && labels.replica === "api-1"),
    ).toHaveLength(1);
  });

  test("of replicas that are gone are not told", () => {
    expect(renderMetrics(counters, list.slice(0, 1), connections)).not.toContain("api-2");
  });

  test("quote what users call things", () => {
    const odd = new Map([['limited\t/a"b\\c', 1]]);
    expect(renderMetrics(odd, [], connections)).toContain('{route="/a\\"b\\\\c"} 1');
  });
});

describe("the status", () => {
  const { counters } = count(
    ...Array.from({ length: 95 }, () => good),
    "200\t4\t1\t-\t0\t10.0.0.1:3000\t500\t4.0",
  );

  test("sums up what each replica did", () => {
    expect(summarizeReplicas(counters, list)[0]).toMatchObject({
      pool: "api",
      replica: "api-1",
      container: "a",
      state: "not asked",
      requests: 96,
      errors: 1,
      p95Ms: 25,
    });
    expect(summarizeReplicas(counters, list)[1]).toMatchObject({ requests: 0, averageMs: null, p95Ms: null });
  });
});

test("a pool's answers and failures are what its clients saw, a retry that helped counts as good", () => {
  const none = new Array<number>(12).fill(0);
  const line = (status: number, tried: string) =>
    [status, "0.01", 100, "-", 0, "10.0.0.1:3000", tried, "0.01"].join("\t");
  const { counters } = count(line(200, "200"), line(200, "200"), line(503, "503"), line(404, "404"));
  expect(summarizePools(counters, settings)).toEqual([
    { pool: "api", requests: 4, failed: 1, durations: [0, 4, ...none.slice(2)] },
  ]);
  expect(summarizePools(new Map(), settings)).toEqual([
    { pool: "api", requests: 0, failed: 0, durations: none },
  ]);
});
