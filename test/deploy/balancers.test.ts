import { expect, test } from "vitest";
import { findServing, requireTakeOver, takeOver } from "../../deploy/balancers";
import { findBalancers } from "../../deploy/balancer";
import type { PushTask } from "../../deploy/tasks";
import type { Engine } from "../../engine/client";

interface Known {
  name: string;
  /** What its Nginx is at. */
  is?: string;
  ended?: boolean;
}

/** An engine with balancers of a front, and what it was told to do. */
function createEngine(known: Known[]): { engine: Engine; done: string[] } {
  const done: string[] = [];
  const run = (args: string[]): Promise<string> => {
    const wantsEnded = args.includes("--filter=status=exited");
    const found = known.filter(({ ended = false }) => ended === wantsEnded);
    return Promise.resolve(found.map(({ name }) => `${name}\n`).join(""));
  };
  const attempt = (args: string[]) => {
    done.push(args.filter((arg) => !arg.startsWith("--filter")).join(" "));
    return Promise.resolve({ code: 0, stdout: "the log", stderr: "" });
  };
  const inside = (container: string) => {
    const { is = "open" } = known.find(({ name }) => name === container) ?? {};
    return Promise.resolve({ code: 0, stdout: is, stderr: "" });
  };
  return { engine: { run, attempt, inside } as unknown as Engine, done };
}

const task = {
  ...{ balancer: "balancer", network: "public", sharing: ["new-1", "new-2"] },
  upstreams: [{ drainSeconds: 20 }, { drainSeconds: 5 }],
} as unknown as PushTask;

test("those that go end when all that stay are open, with time for what they were asked", async () => {
  const { engine, done } = createEngine([{ name: "new-1" }, { name: "new-2" }, { name: "old-1" }]);
  const { names, ended } = await takeOver(engine, task);
  await ended;
  expect(names).toEqual(["old-1"]);
  expect(done).toEqual(["stop --time=30 old-1"]);
});

test("nobody ends where one that stays waits for its first settings", async () => {
  const { engine, done } = createEngine([
    { name: "new-1", is: "waits" },
    { name: "new-2" },
    { name: "old-1" },
  ]);
  expect((await takeOver(engine, task)).names).toEqual([]);
  expect(done).toEqual([]);
  await expect(requireTakeOver(engine, task)).rejects.toThrow(
    /A balancer does not start; the ones of before go on/,
  );
});

test("what a killed update has left is removed, but none that stays", async () => {
  const { engine, done } = createEngine([
    ...[{ name: "new-1" }, { name: "new-2" }],
    ...[
      { name: "left-1", ended: true },
      { name: "new-2", ended: true },
    ],
  ]);
  await takeOver(engine, task);
  expect(done).toEqual(["rm --force --volumes left-1"]);
});

test("those that have not found every pool yet are asked nothing", async () => {
  const { engine } = createEngine([
    { name: "a", is: "closed" },
    { name: "b", is: "other" },
    { name: "c", is: "none" },
  ]);
  expect(await findServing(engine, ["a", "b", "c"])).toEqual(["b"]);
  // The only one is waited for instead.
  expect(await findServing(engine, ["a"])).toEqual(["a"]);
});

test("those that share a front come first, and balancers of other networks not at all", async () => {
  const rows = [
    ["front", "public,other", ""],
    ["second", "", "public"],
    ["stranger", "elsewhere", ""],
    ["of-another", "", "elsewhere"],
  ];
  const engine = { run: () => Promise.resolve(rows.map((row) => row.join("\t")).join("\n")) };
  expect(
    await findBalancers(engine as unknown as Engine, { balancer: "balancer", network: "public" }),
  ).toEqual(["second", "front"]);
});
