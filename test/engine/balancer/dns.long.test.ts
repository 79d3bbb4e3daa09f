import { execFile } from "node:child_process";
import http from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toBalancer } from "../../support/balancers";
import { docker, until } from "../support/engine";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { findStatus, startWatchedPair, workersOf, type WatchedBalancer } from "./support/watched";

const run = promisify(execFile);

const balancer = toBalancer({
  pools: {
    api: {
      image: "api:1",
      port: 3000,
      balancing: { activeHealth: { intervalSeconds: 2, timeoutSeconds: 1, strikes: 3 } },
    },
  },
  balancer: { status: { allow: ["0.0.0.0/0"] } },
});

/** Drops what the balancer asks the engine's DNS, until the returned function is called. */
async function silenceDns(container: string): Promise<() => Promise<void>> {
  const pid = await docker("inspect", "--format={{.State.Pid}}", container);
  const rule = ["OUTPUT", "-d", "127.0.0.11", "-j", "DROP"];
  const change = async (how: string): Promise<void> => {
    await run("nsenter", ["-t", pid, "-n", "iptables", how, ...rule]);
  };
  await change("-I");
  return () => change("-D");
}

/** Value of a header of the answer. */
function headerOf(url: string, name: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (response) => {
      response.resume().on("end", () => {
        resolve(response.headers[name]?.toString());
      });
    });
    request.on("error", reject);
  });
}

describe("the engine's DNS", () => {
  let watched: WatchedBalancer;
  let replicas: string[];

  beforeAll(async () => {
    ({ watched, replicas } = await startWatchedPair(balancer));
  });
  afterAll(() => watched.remove());

  test("may be silent for a while: no request is lost, and no replica is out", async () => {
    const since = await Promise.all(
      ["api-1", "api-2"].map(async (title) => (await findStatus(watched.url, title)).since),
    );
    await row({ operation: "the engine's DNS answers nothing for 12 s", target: watched.url }, async () => {
      const restore = await silenceDns(watched.container);
      try {
        await expect(watched.inside(`timeout 3 getent hosts ${replicas[0] ?? ""}`)).rejects.toThrow();
        await wait(12_000);
      } finally {
        await restore();
      }
    });
    for (const [i, title] of ["api-1", "api-2"].entries())
      expect(await findStatus(watched.url, title)).toMatchObject({ state: "healthy", since: since[i] });
  });

  test("names a replica's new address, which is used without a reload", async () => {
    const [first = "", second = ""] = replicas;
    await watched.push(balancer, { api: [{ name: first, title: "api-1" }] });
    const addressOf = async (): Promise<string> =>
      docker("inspect", "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", first);
    expect(await headerOf(watched.url, "x-served-by")).toBe("api-1");
    await wait(1500);
    const before = { address: await addressOf(), workers: await workersOf(watched.container) };
    // Nothing can change the configuration meanwhile.
    const lock = docker("exec", watched.container, "flock", "/etc/flotilla/lock", "sleep", "12");
    await docker("stop", "--time=1", first);
    // Something else takes its address.
    const other = await watched.startReplica("other");
    await docker("stop", "--time=1", second);
    await docker("start", first);
    await until("it answers", async () => {
      const answer = await ask(watched.url);
      return typeof answer !== "string" && answer.status === 200 && answer.body.includes('"api-1"');
    });
    expect(await addressOf()).not.toBe(before.address);
    expect(other).not.toBe("");
    expect(await workersOf(watched.container)).toEqual(before.workers);
    await lock;
    // What users call it needs the configuration to say so.
    await until("it has its name", async () => (await headerOf(watched.url, "x-served-by")) === "api-1", 30);
    expect((await findStatus(watched.url, "api-1")).address).toBe(`${await addressOf()}:3000`);
  });
});
