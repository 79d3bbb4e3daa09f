import { describe, expect, test } from "vitest";
import { checkMachine, checkPrice, listSizes } from "../../../cli/capacity/machines";
import { conclude, type Sample } from "../../../cli/capacity/measure";
import { type Aim, type Measured, planCapacity } from "../../../cli/capacity/plan";
import { renderCapacity } from "../../../cli/capacity/text";
import type { BalancerLook } from "../../../cli/operator/figures";
import { plain } from "../../../cli/operator/style";
import { expectGolden } from "../../support/golden";
import { shop } from "../../support/parts";

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** 20 requests a second that cost 10 ms of a processor each, beside a tenth of a processor at rest. */
const measured: Measured = {
  ...{ seconds: 10, requestsPerSecond: 20, machine: { processors: 4, memoryBytes: 8 * gibibyte } },
  pools: [
    {
      ...{ pool: "api", replicas: 2, requestsPerSecond: 20, cores: 0.3, idleCores: 0.1 },
      ...{ memoryBytes: 70 * mebibyte, coreLimit: 0.5, memoryLimit: 256 * mebibyte },
    },
    {
      ...{ pool: "price", replicas: 1, requestsPerSecond: 40, cores: 0.04, idleCores: 0.04 },
      ...{ memoryBytes: 70 * mebibyte },
    },
  ],
  others: [
    { title: "balancer", cores: 0.02, memoryBytes: 20 * mebibyte, memoryLimit: 256 * mebibyte, grows: true },
    { title: "prometheus", cores: 0.05, memoryBytes: 140 * mebibyte, grows: false },
  ],
};
const aim: Aim = { requestsPerMinute: 6000, headroom: 0.3, coresPerReplica: 1 };

describe("a plan", () => {
  const plan = planCapacity(measured, aim, listSizes([], []));

  test("has as many replicas as the requests need with the headroom, and one more", () => {
    // 100 requests a second of 10 ms are one processor; a replica gives 0.5 × 0.7 of it.
    expect(plan.pools[0]).toMatchObject({ pool: "api", present: 2, replicas: 4 });
    expect(plan.pools[0]?.cpuMsPerRequest).toBeCloseTo(10);
    // Two replicas of 0.35 processors carry 70 requests a second.
    expect(plan.pools[0]?.carriesPerMinute).toBeCloseTo(4200, -1);
    expect(plan.pools[1]).toMatchObject({ pool: "price", replicas: 2, carriesPerMinute: null });
  });

  test("carries as much as the pool that carries least", () => {
    expect(plan.presentCarriesPerMinute).toBe(plan.pools[0]?.carriesPerMinute);
  });

  test("adds up processors and memory, with the headroom", () => {
    // api: 1 busy and 4 × 0.05 at rest; price: 2 × 0.04 at rest; balancer five times 0.02; Prometheus as before.
    expect(plan.processors).toBeCloseTo((1 + 0.2 + 0.08 + 0.1 + 0.05) / 0.7);
    const memory = 4 * 256 + (2 * 70) / 0.7 + 256 + 140 / 0.7;
    expect(plan.memoryBytes / mebibyte).toBeCloseTo(memory);
    expect(plan.memoryInUpdateBytes / mebibyte).toBeCloseTo(memory + 4 * 256);
  });

  test("says which machines are enough", () => {
    expect(plan.machines.map(({ name, isEnough }) => [name, isEnough])).toEqual([
      ["small", false],
      ["medium", false],
      ["large", true],
      ["xlarge", true],
      ["2xlarge", true],
    ]);
  });

  test("needs more for more", () => {
    const counts = [60, 600, 6000, 60_000].map(
      (requestsPerMinute) => planCapacity(measured, { ...aim, requestsPerMinute }, []).pools[0]?.replicas,
    );
    expect(counts).toEqual([2, 2, 4, 30]);
  });

  test("is read by people in 80 columns", () => {
    const lines = renderCapacity(
      measured,
      planCapacity(measured, aim, listSizes([], ["large=20-45"])),
      80,
      plain,
    );
    expectGolden("cli/capacity.txt", `${lines.join("\n")}\n`);
  });
});

describe("sizes of machines", () => {
  test("are the usual ones, with others and costs as they are told", () => {
    const sizes = listSizes(["mine=16x64", "small=1x1"], ["mine=100-200.5"]);
    expect(sizes.at(-2)).toEqual({ name: "mine", processors: 16, memoryGiB: 64, cost: [100, 200.5] });
    expect(sizes.filter(({ name }) => name === "small")).toEqual([
      { name: "small", processors: 1, memoryGiB: 1 },
    ]);
  });

  test("are refused where they cannot be", () => {
    expect(() => {
      checkPrice("small=10-5", "--price");
    }).toThrow("--price must be a size with its cost from and to, got small=10-5. Write it like small=5-10.");
    expect(() => {
      checkMachine("mine=16-64", "--machine");
    }).toThrow(
      "--machine must be a name with processors and GiB of memory, got mine=16-64. Write it like mine=16x64.",
    );
    expect(() => listSizes([], ["huge=1-2"])).toThrow("Tell what it is: --machine huge=4x8");
  });
});

describe("what was measured", () => {
  const look = (at: number, requests: number): BalancerLook[] => [
    {
      ...{ balancer: "balancer", service: "app", at, disk: undefined, held: [] },
      figures: { replicas: [], certificates: [], pools: [{ pool: "api", requests, failed: 0 }] },
    },
    {
      ...{ balancer: "price-balancer", service: "app", at, disk: undefined, held: [] },
      figures: {
        replicas: [],
        certificates: [],
        pools: [{ pool: "price", requests: 2 * requests, failed: 0 }],
      },
    },
  ];
  const sample = (requests: number): Sample => ({
    ...{ seconds: 10, before: look(0, 0), after: look(10_000, requests) },
    usage: new Map(shop.map(({ id }) => [id, { cpuPercent: 10, memoryBytes: 30 * mebibyte }])),
  });
  const machine = { processors: 2, memoryBytes: gibibyte };

  test("counts clients at the balancers that are published, and processors by pool", () => {
    const coreLimits = new Map(shop.slice(1, 3).map(({ id }) => [id, 0.5]));
    const found = conclude(shop, sample(200), { idle: sample(0), coreLimits, machine });
    expect(found.requestsPerSecond).toBe(20);
    expect(found.pools).toEqual([
      {
        ...{ pool: "api", replicas: 2, requestsPerSecond: 20, cores: 0.2, idleCores: 0.2 },
        ...{ memoryBytes: 30 * mebibyte, coreLimit: 0.5, memoryLimit: 256 * mebibyte },
      },
      {
        ...{ pool: "price", replicas: 1, requestsPerSecond: 40, cores: 0.1, idleCores: 0.1 },
        memoryBytes: 30 * mebibyte,
      },
    ]);
    expect(found.others.filter(({ grows }) => grows).map(({ title }) => title)).toEqual([
      ...["balancer", "price-balancer", "main"],
    ]);
  });

  test("is too little without traffic", () => {
    expect(() => conclude(shop, sample(5), { coreLimits: new Map(), machine })).toThrow(
      "The stack got 0.50 requests a second, which is too little to say what one costs. Let it be loaded for a few seconds: add --measure.",
    );
  });
});
