import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { join, leave } from "../../deploy/pool";
import type { Joining, PoolTask } from "../../deploy/tasks";
import type { Engine, Outcome } from "../../engine/client";

// A command gives a function its values by the process; here the function itself is called.
vi.mock("../../deploy/process", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  defineScript: (script: object) => script,
  onEngine: (work: object) => work,
}));

type Work = (engine: Engine, given: { input: PoolTask }) => Promise<string>;
const functions = { join: join as unknown as Work, leave: leave as unknown as Work };

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text).trim()) > 0);
});
afterEach(() => void vi.restoreAllMocks());

function nameContainer(number: number): string {
  return `shop-api-${number}`;
}

function renderLine(number: number): string {
  return `server ${nameContainer(number)}:3000 resolve; # api-${number}`;
}

/** Replicas of these numbers on their way. */
function taskOf(numbers: number[], further: Partial<PoolTask> = {}, gate: Partial<Joining> = {}): PoolTask {
  return {
    ...{ balancer: "balancer", network: "shop", upstream: "api", port: 3000, processes: 64 },
    ...{
      joinsAlone: false,
      leavesAlone: false,
      failSeconds: 10,
      idleSeconds: 1.5,
      drainSeconds: 5,
      streamSeconds: 5,
    },
    probe: { path: "/", protocol: "http", seconds: 3, takesAnyAnswer: false },
    replicas: numbers.map((number) => ({
      ...{
        replica: nameContainer(number),
        title: `api-${number}`,
        startSeconds: 5,
        line: renderLine(number),
      },
      ...gate,
    })),
    ...further,
  };
}

/** How an engine is. */
interface Surroundings {
  /** Numbers of the replicas to which the balancer gives requests; it does not run when left out. */
  serving?: number[];
  /** Numbers of the replicas that have ended. */
  ended?: number[];
  /** The answer of those who are asked by their addresses. */
  directly?: string;
  /** The answer of those who are asked through the balancer. */
  through?: string;
}

/** An engine, and what it is asked to do besides telling how things are. */
function createEngine({ serving, ended = [], directly = "good", through = "good" }: Surroundings) {
  const done: string[] = [];
  let live = serving ?? [];
  const succeed = (stdout = ""): Outcome => ({ code: 0, stdout, stderr: "" });
  const describeContainers = (names: string[]): string =>
    names
      .map((name) => {
        const number = Number(/\d+$/.exec(name)?.[0]);
        const networks = { shop: { IPAddress: `172.18.0.${number}` } };
        const [status, exitCode] = ended.includes(number) ? ["restarting", 3] : ["running", 0];
        const state = { Status: status, ExitCode: exitCode, OOMKilled: false, Health: { Status: "healthy" } };
        return JSON.stringify({ name: `/${name}`, networks, state, restarts: 0 });
      })
      .join("\n");
  const attempt: Engine["attempt"] = ([command = "", ...args]) => {
    if (command === "inspect") return Promise.resolve(succeed(describeContainers(args.slice(2))));
    if (command !== "logs") done.push([command, ...args].join(" "));
    return Promise.resolve(succeed());
  };
  const inside = (_: string, script: string): Outcome => {
    const peers = /^peers='(.*)'$/m.exec(script)?.[1]?.split(" ") ?? [];
    if (script.includes("live/members/*.list"))
      return succeed(live.map((number) => `live/members/api.list:${renderLine(number)}`).join("\n"));
    if (script.includes("echo known")) return succeed("known");
    if (script.includes("drain_seconds="))
      return succeed(peers.map((peer, index) => `${peer} ${index} 0 ${index} 0`).join("\n"));
    if (script.includes("ask_once")) {
      const isDirect = !script.includes("/probe/");
      done.push(isDirect ? "ask directly" : "ask through the balancer");
      return succeed(peers.map((peer) => `${peer} ${isDirect ? directly : through}`).join("\n"));
    }
    const edits = [...script.matchAll(/^(add|remove)_member '\S+' '.*shop-api-(\d+):.*'$/gm)];
    for (const [, kind = "", number = ""] of edits) {
      done.push(`${kind} ${number}`);
      live = [...live.filter((each) => each !== Number(number)), ...(kind === "add" ? [Number(number)] : [])];
    }
    return succeed();
  };
  const engine = {
    attempt,
    run: ([command = ""]: string[]) =>
      Promise.resolve(command === "ps" && serving !== undefined ? "shop-balancer\tshop\t" : ""),
    inside: (container: string, script: string) => Promise.resolve(inside(container, script)),
  } as unknown as Engine;
  return { engine, done, findLive: () => live };
}

const limit = (numbers: number[]): string => `update --pids-limit=64 ${numbers.map(nameContainer).join(" ")}`;

describe("replicas that come together", () => {
  test("have their limit of processes and are healthy, and it is left to the push to let them in", async () => {
    const { engine, done } = createEngine({ serving: [7] });
    expect(await functions.join(engine, { input: taskOf([1, 2]) })).toBe("2 come, 0 stay");
    expect(done).toEqual([limit([1, 2])]);
    expect(said.sort()).toEqual([
      expect.stringMatching(/^api-1 is healthy after/),
      expect.stringMatching(/^api-2 is healthy after/),
    ]);
  });

  test("come whatever has become of those that serve", async () => {
    const { engine, done } = createEngine({ serving: [1, 2], ended: [1] });
    expect(await functions.join(engine, { input: taskOf([1, 2, 3]) })).toBe("1 come, 2 stay");
    expect(done).toEqual([limit([1, 2, 3])]);
    expect(said).toEqual([expect.stringMatching(/^api-3 is healthy after/)]);
  });

  test("need no balancer, which comes after them", async () => {
    const { engine } = createEngine({});
    expect(await functions.join(engine, { input: taskOf([1]) })).toBe("1 come, 0 stay");
  });

  test("fail where some do, each of which is told of and stopped, and the others are waited for", async () => {
    const { engine, done } = createEngine({ serving: [7], ended: [1, 3] });
    const failure: unknown = await functions
      .join(engine, { input: taskOf([1, 2, 3]) })
      .catch((error: unknown) => error);
    expect(String(failure)).toMatch(/The replica api-1 .*exited with code 3[^]*The same with api-3\.$/);
    expect(done.slice(1).sort()).toEqual(["stop --time=1 shop-api-1", "stop --time=1 shop-api-3"]);
    expect(said).toEqual([expect.stringMatching(/^api-2 is healthy/)]);
  });
});

describe("a replica that comes alone", () => {
  const input = taskOf([2], { joinsAlone: true, leavesAlone: true });

  test("is let in when it has answered, and is asked through the balancer then", async () => {
    const { engine, done, findLive } = createEngine({ serving: [1] });
    expect(await functions.join(engine, { input })).toBe("api-2 has joined");
    expect(done).toEqual([limit([2]), "ask directly", "add 2", "ask through the balancer"]);
    expect(findLive()).toEqual([1, 2]);
  });

  test.each<[string, Surroundings, string[]]>([
    ["is not let in where it", { directly: "; 500; -" }, []],
    [
      "is out again where through the balancer it",
      { through: "; 500; -" },
      ["add 2", "ask through the balancer"],
    ],
  ])("%s has no good answer", async (_, answers, begun) => {
    const { engine, done, findLive } = createEngine({ serving: [1], ...answers });
    await expect(functions.join(engine, { input })).rejects.toThrow(
      /no good answer from api-2[^]*Traffic stays with the others\.$/,
    );
    expect(done.slice(0, 2 + begun.length)).toEqual([limit([2]), "ask directly", ...begun]);
    expect(findLive()).toEqual([1]);
  });

  test("comes with the push where there is no balancer yet", async () => {
    const { engine, done } = createEngine({});
    expect(await functions.join(engine, { input })).toBe("1 come, 0 stay");
    expect(done).toEqual([limit([2])]);
  });
});

describe("replicas that go", () => {
  test("are drained all at once, each with its own numbers, when the push has taken them out", async () => {
    const { engine, done } = createEngine({ serving: [7] });
    expect((await functions.leave(engine, { input: taskOf([1, 2]) })).split("\n")).toEqual([
      "2 leave",
      "api-1 is drained in 0 s",
      "api-2 is drained in 1 s; 1 streams are left to the application's end",
    ]);
    expect(said).toEqual(["api-1 is draining", "api-2 is draining"]);
    expect(done).toEqual([]);
  });

  test("are not those that still serve", async () => {
    const { engine, findLive } = createEngine({ serving: [1, 2] });
    expect(await functions.leave(engine, { input: taskOf([1, 2, 3]) })).toBe(
      "1 leave\napi-3 is drained in 0 s",
    );
    expect(said).toEqual(["api-3 is draining"]);
    expect(findLive()).toEqual([1, 2]);
  });

  test("are first taken out where they go alone", async () => {
    const { engine, done, findLive } = createEngine({ serving: [1, 2] });
    const input = taskOf([2], { joinsAlone: true, leavesAlone: true });
    expect(await functions.leave(engine, { input })).toBe("1 leave\napi-2 is drained in 0 s");
    expect(done).toEqual(["remove 2"]);
    expect(findLive()).toEqual([1]);
  });

  test.each<[string, Surroundings, Partial<Joining>, string]>([
    ["no balancer runs", {}, {}, "no balancer runs, so nothing is under way"],
    ["the drain is switched off", { serving: [7] }, { without: ["drain"] }, "drain is switched off"],
  ])("are not waited for where %s", async (_, surroundings, gate, expected) => {
    const { engine, done } = createEngine(surroundings);
    expect(await functions.leave(engine, { input: taskOf([1], {}, gate) })).toBe(expected);
    expect([...done, ...said]).toEqual([]);
  });
});
