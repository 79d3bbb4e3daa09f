import { describe, expect, test } from "vitest";
import { type Found, summarizePool } from "../../../cli/autoscale/look";
import type { BalancerLook } from "../../../cli/operator/figures";
import { makePart } from "../../support/parts";
import { noon } from "./support";

const parts = ["api-1", "api-2"].map((title) =>
  makePart({ title, pool: "api", memoryLimit: 200 * 1024 ** 2 }),
);
const durations = (own: Record<number, number>) => Array.from({ length: 12 }, (_, i) => own[i] ?? 0);

/** A look into a balancer, of a quarter of a minute ago or of now. */
function makeBalancer(
  at: number,
  pool: { requests: number; failed?: number; durations?: number[] } | undefined,
  own: Partial<BalancerLook> = {},
): BalancerLook {
  return {
    ...{ balancer: "balancer", service: "app", at, disk: undefined, held: [] },
    figures: {
      ...{ replicas: [], certificates: [] },
      pools:
        pool === undefined
          ? []
          : [{ pool: "api", failed: 0, durations: durations({ 0: pool.requests }), ...pool }],
    },
    ...own,
  };
}

function find(own: Partial<Found> = {}): Found {
  return {
    ...{ at: noon, parts },
    usage: new Map(
      parts.map(({ id }, i) => [id, { cpuPercent: 20 * (i + 1), memoryBytes: (i + 1) * 50 * 1024 ** 2 }]),
    ),
    coreLimits: new Map(parts.map(({ id }) => [id, 0.5])),
    before: [makeBalancer(noon - 15_000, { requests: 1000, failed: 10, durations: durations({ 0: 1000 }) })],
    now: [makeBalancer(noon, { requests: 1100, failed: 12, durations: durations({ 0: 1050, 7: 50 }) })],
    ...own,
  };
}

describe("the figures of a pool", () => {
  test("are shares of what its replicas may use, and what came since the look before", () => {
    expect(summarizePool("api", 2, find())).toEqual({
      ...{ at: noon, replicas: 2, well: 2, isSettled: true, memories: [25, 50], load: 400 },
      figures: { cpu: 60, requests: 200, memory: 37.5, response: 0.95, errors: 2 },
    });
  });

  test("take one processor for what a replica without a limit may use", () => {
    expect(summarizePool("api", 2, find({ coreLimits: new Map() })).figures.cpu).toBe(30);
  });

  test("have no memory where there is no limit", () => {
    const free = parts.map((part) => ({ ...part, memoryLimit: 0 }));
    expect(summarizePool("api", 2, find({ parts: free }))).toMatchObject({
      figures: { memory: null },
      memories: [],
    });
  });

  test("are those of replicas that serve", () => {
    const starting = parts.map((part, i) => ({ ...part, health: i === 0 ? "healthy" : "starting" }));
    expect(summarizePool("api", 2, find({ parts: starting }))).toMatchObject({
      ...{ replicas: 2, well: 1, isSettled: false, memories: [25] },
      figures: { cpu: 40, requests: 400 },
    });
  });

  test("are not those of a replica that its balancer asks no more", () => {
    const now = makeBalancer(noon, { requests: 1100 });
    const [, second] = parts;
    Object.assign(now.figures ?? {}, { replicas: [{ container: second?.name, state: "out" }] });
    expect(summarizePool("api", 2, find({ now: [now] }))).toMatchObject({ well: 1, isSettled: false });
  });

  test("count a replica once that somebody is replacing", () => {
    const twice = [...parts, makePart({ title: "api-2", pool: "api", id: "other", health: "starting" })];
    expect(summarizePool("api", 2, find({ parts: twice }))).toMatchObject({
      replicas: 2,
      well: 2,
      isSettled: false,
    });
  });

  test("leave out what an update has left that failed, or has not finished", () => {
    const third = makePart({ title: "api-3", pool: "api", state: "restarting" });
    expect(summarizePool("api", 2, find({ parts: [...parts, third] }))).toMatchObject({
      well: 2,
      isSettled: true,
    });
  });

  test("miss one that is gone", () => {
    expect(summarizePool("api", 2, find({ parts: parts.slice(1) }))).toMatchObject({
      ...{ replicas: 2, well: 1, isSettled: false },
    });
  });

  test("are not there where none serves", () => {
    const ended = parts.map((part) => ({ ...part, state: "exited" }));
    expect(summarizePool("api", 2, find({ parts: ended, usage: new Map() }))).toMatchObject({
      ...{ replicas: 2, well: 0, isSettled: false },
      figures: { cpu: null, requests: null, memory: null },
    });
  });

  test("are of all balancers that the pool has", () => {
    const two = (at: number, requests: number) => [
      makeBalancer(at, { requests }),
      makeBalancer(at, { requests }, { balancer: "balancer-2" }),
    ];
    expect(summarizePool("api", 2, find({ before: two(noon - 15_000, 100), now: two(noon, 150) })).load).toBe(
      400,
    );
  });

  test.each<[string, Partial<Found>]>([
    ["the balancer cannot be asked", { now: [] }],
    ["the balancer does not say", { now: [makeBalancer(noon, undefined, { figures: undefined })] }],
    ["there was no look before", { before: [] }],
    ["the balancer counts from zero again", { now: [makeBalancer(noon, { requests: 5 })] }],
    [
      "the balancer is of an earlier version",
      { now: [makeBalancer(noon, { requests: 1100, durations: undefined as never })] },
    ],
    ["the pool has no balancer", { before: [], now: [makeBalancer(noon, undefined)] }],
  ])("of requests cannot be had where %s", (_, own) => {
    expect(summarizePool("api", 2, find(own))).toMatchObject({
      load: null,
      figures: { cpu: 60, requests: null, response: null, errors: null },
    });
  });

  test("of few requests say neither how long they take nor how many fail", () => {
    const now = [
      makeBalancer(noon, { requests: 1019, failed: 29, durations: durations({ 0: 1000, 11: 19 }) }),
    ];
    expect(summarizePool("api", 2, find({ now })).figures).toMatchObject({
      response: 0,
      errors: 0,
      requests: 38,
    });
  });

  test("of requests that took longer than all classes say the longest", () => {
    const now = [makeBalancer(noon, { requests: 1100, durations: durations({ 0: 1000, 11: 100 }) })];
    expect(summarizePool("api", 2, find({ now })).figures.response).toBe(10);
  });
});
