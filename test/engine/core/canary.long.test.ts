import { describe, expect, test } from "vitest";
import { docker, dockerLines, until } from "../support/engine";
import { mustFail } from "../support/exceptions";
import { expectRepaired } from "../support/killed-updates";
import { ask, askManyTimes } from "../support/requests";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import {
  atStep,
  canaryPool,
  costOf,
  expectUndone,
  findVersions,
  followSteps,
  setVersion,
  shareBetween,
  shortSteps,
} from "./canary";

// The method whose shares are exact: with the usual one, busy replicas have other shares than idle ones.
const balancing = { method: "round-robin" };
const workspace = useDeployment({ name: "canary", pools: { api: canaryPool({ balancing }) } });

describe("a good version", () => {
  test("gets its share of the requests in each step, and loses none", async () => {
    setVersion(workspace(), "2");
    const shares: number[] = [];
    const { report } = await row(
      {
        ...{ operation: "new version by a canary", target: workspace().url },
        note: () =>
          `shares of the steps: ${shares.map((share) => `${(share * 100).toFixed(1)} %`).join(", ")}`,
      },
      async (load) => {
        const update = workspace().startUp();
        const seen = await followSteps(load, update, shortSteps.steps);
        for (const [index] of shortSteps.steps.entries()) {
          const [before, after] = [seen[index * 2], seen[index * 2 + 1]];
          if (before !== undefined && after !== undefined) shares.push(shareBetween(before, after, "2"));
        }
        const { code, text } = await update.ended;
        expect(code, text).toBe(0);
      },
    );
    expect(shares[0]).toBeGreaterThan(0.08);
    expect(shares[0]).toBeLessThan(0.12);
    expect(shares[1]).toBeGreaterThan(0.46);
    expect(shares[1]).toBeLessThan(0.54);
    const lastAnswer = Math.max(...Object.values(report.versions).map(({ lastSecond }) => lastSecond));
    expect(report.versions["2"]?.lastSecond).toBe(lastAnswer);
  });

  test("is there then, and the next `up` changes nothing", async () => {
    const { changes, seconds } = await workspace().deploy();
    expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect(seconds).toBeLessThan(30);
    expect(await findVersions(workspace().label)).toEqual(["2", "2"]);
  });

  test.each([3, 2])("has %d replicas without steps: they are of the same version", async (replicas) => {
    workspace().configure(({ pools }) => Object.assign(pools.api ?? {}, { replicas }));
    const operation = `${replicas} replicas of a pool with a canary`;
    const { result } = await row({ operation, target: workspace().url }, () => workspace().deploy());
    expect(result.text).not.toContain("canary of");
  });

  test("nor does one take the place of a replica that is gone by steps", async () => {
    const [gone = ""] = await dockerLines(
      ...["ps", "--format={{.Names}}", `--filter=label=flotilla.stack=${workspace().label}`],
      "--filter=label=flotilla.pool=api",
    );
    await docker("rm", "--force", gone);
    const { text } = await workspace().deploy();
    expect(text).not.toContain("canary of");
    await until("both answer", async () => (await findVersions(workspace().label)).length === 2);
  });
});

describe("a bad version", () => {
  test("that fails a tenth of its requests is undone at once, for which its share alone pays", async () => {
    setVersion(workspace(), "bad", { FAIL_PERCENT: "10" });
    const { result, report } = await row(
      {
        ...{ operation: "version that fails a tenth: `up` undoes it", target: workspace().url },
        exception: costOf("bad", 0.12, 10),
        note: ({ report: { versions, failed } }) =>
          `${failed} of ${versions.bad?.count ?? 0} requests to the bad version failed`,
      },
      () => workspace().up(),
    );
    expect(result.ok).toBe(false);
    expectUndone(result.text, /\d+ of \d+ requests \([\d.]+ %\) to its new replicas failed, and 0 of \d+/);
    // Well before its step is over, and the next one never begins.
    expect(result.text).not.toContain("canary of api: 50 %");
    const { firstSecond = 0, lastSecond = Infinity } = report.versions.bad ?? {};
    expect(lastSecond - firstSecond).toBeLessThan(12);
    expect(new Set((await askManyTimes(workspace().url, 20)).map(({ version }) => version))).toEqual(
      new Set(["2"]),
    );
    // What else it does is at an end too.
    expect(await findVersions(workspace().label)).toEqual(["2", "2"]);
  });

  test("is undone once more by the same `up`", async () => {
    const { ok, text } = (
      await row(
        {
          ...{ operation: "the same `up` again: undone again", target: workspace().url },
          exception: costOf("bad", 0.12, 10),
        },
        () => workspace().up(),
      )
    ).result;
    expect(ok).toBe(false);
    expectUndone(text, /to its new replicas failed/);
  });

  test("that is slow is undone, and no request fails", async () => {
    setVersion(workspace(), "slow", { SLOW_MS: "400" });
    const { result } = await row({ operation: "slow version: `up` undoes it", target: workspace().url }, () =>
      workspace().up(),
    );
    expect(result.ok).toBe(false);
    expectUndone(
      result.text,
      /the P95 of its new replicas is \d+ ms over \d+ requests, and that of the old ones [\d.]+ ms/,
    );
    expect(await findVersions(workspace().label)).toEqual(["2", "2"]);
  });

  test("that ends in its step is undone at once, and a GET that it had is given to another", async () => {
    setVersion(workspace(), "3");
    const { result } = await row(
      {
        ...{ operation: "new replica dies in its step: `up` undoes it", target: workspace().url },
        load: { method: "GET" },
      },
      async () => {
        const update = workspace().startUp();
        await update.seen(atStep(10));
        const fresh = await findNew("3");
        await docker("kill", fresh);
        return update.ended;
      },
    );
    expect(result.code).not.toBe(0);
    expect(result.text).toMatch(/The replica api-\d \(container [\w-]+\) (?:exited|ends|ran)/);
    expect(result.text).toContain("All requests go to the old replicas again.");
    expect(result.text).not.toContain("canary of api: 50 %");
  });

  test("gets all requests where there is no canary, and `up` is green", async () => {
    workspace().configure(({ pools }) => delete pools.api?.canary);
    setVersion(workspace(), "worse", { FAIL_PERCENT: "10" });
    const { result } = await row(
      {
        ...{ operation: "version that fails a tenth, without a canary", target: workspace().url },
        exception: mustFail("must let the bad version answer alone", ({ versions, failed }) => {
          const last = Math.max(...Object.values(versions).map(({ lastSecond }) => lastSecond));
          return failed > 0 && versions.worse?.lastSecond === last && versions["2"]?.lastSecond !== last;
        }),
      },
      () => workspace().up(),
    );
    expect(result.ok).toBe(true);
    workspace().configure(({ pools }) => Object.assign(pools.api ?? {}, { canary: shortSteps }));
    setVersion(workspace(), "4");
    const { text } = await workspace().deploy({ FLOTILLA_WITHOUT_CANARY: "true" });
    expect(text, "the way back takes no steps").not.toContain("canary of");
  });
});

describe("an internal pool", () => {
  const upstream = { UPSTREAM_URL: "http://worker:3000/" };
  const pools = {
    api: demoPool({ replicas: 2, env: upstream }),
    worker: canaryPool({ balancing, reachableFrom: ["api"] }),
  };
  const inner = useDeployment({ name: "inner", pools });
  const target = (): string => `${inner().url}/upstream`;

  test("has a canary by its own balancer: a slow version is undone", async () => {
    setVersion(inner(), "slow", { SLOW_MS: "400" }, "worker");
    const operation = "slow version of an internal pool: `up` undoes it";
    const { result } = await row({ operation, target: target() }, () => inner().up());
    expect(result.ok).toBe(false);
    expectUndone(result.text, /the P95 of its new replicas is \d+ ms/, "worker");
    expect(await findVersions(inner().label, "worker")).toEqual(["1", "1"]);
  });

  test("lets a good one in", async () => {
    setVersion(inner(), "2", {}, "worker");
    const operation = "new version of an internal pool by a canary";
    const { result } = await row({ operation, target: target() }, () => inner().deploy());
    expect(result.text).toContain("canary of worker: 50 % passed");
    expect(await findVersions(inner().label, "worker")).toEqual(["2", "2"]);
  });
});

describe("an `up` that is killed in a step", () => {
  test.each([["too"], ["not"]] as const)(
    "is undone by the balancer, and the next one ends it; what it started: %s",
    async (whatItStarted) => {
      const version = `killed, ${whatItStarted}`;
      const steps = { ...shortSteps, seconds: 40 };
      workspace().configure(({ pools }) => Object.assign(pools.api ?? {}, { canary: steps }));
      setVersion(workspace(), version);
      const before = (await askManyTimes(workspace().url, 4)).map((answer) => answer.version);
      const operation = `\`up\` killed in a step (what it started: ${whatItStarted}); then \`up\``;
      const { report } = await row({ operation, target: workspace().url }, async () => {
        const update = workspace().startUp();
        await update.seen(atStep(10));
        await update.kill(whatItStarted);
        if (whatItStarted === "too") await expectOldAlone(before[0] ?? "");
        await workspace().cancel();
        workspace().configure(({ pools }) => Object.assign(pools.api ?? {}, { canary: shortSteps }));
        await workspace().deploy();
        await update.killRest();
      });
      await expectRepaired(workspace(), report, version);
    },
  );

  /** Without anybody's help, and within a minute. */
  async function expectOldAlone(version: string): Promise<void> {
    const started = Date.now();
    await until("the balancer has undone it", async () => {
      const versions = (await askManyTimes(workspace().url, 60)).map((answer) => answer.version);
      return versions.every((each) => each === version);
    });
    expect(Date.now() - started).toBeLessThan(60_000);
    expect(await ask(`${workspace().url}/health`)).toMatchObject({ status: 200 });
  }
});

async function findNew(version: string): Promise<string> {
  const names = await dockerLines(
    ...["ps", "--format={{.Names}}", `--filter=label=flotilla.stack=${workspace().label}`],
    "--filter=label=flotilla.pool=api",
  );
  for (const name of names) {
    const env = await docker("inspect", "--format={{range .Config.Env}}{{println .}}{{end}}", name);
    if (env.includes(`VERSION=${version}\n`)) return name;
  }
  throw new Error(`No container has the version ${version}.`);
}
