import { describe, expect, test } from "vitest";
import { readStates, shareLooks } from "../../deploy/looks";
import type { Engine, Outcome } from "../../engine/client";

/** A container as the engine describes it. */
function describeState(name: string, state: object = {}, restarts = 0): string {
  const known = { Status: "running", ExitCode: 0, OOMKilled: false, ...state };
  return JSON.stringify({ name: `/${name}`, state: known, restarts });
}

/** An engine that answers so one time after the other, the last time again and again, and what it is asked for. */
function answering(...outcomes: Partial<Outcome>[]): { engine: Engine; asked: string[][] } {
  const asked: string[][] = [];
  const attempt: Engine["attempt"] = (args) => {
    const outcome = outcomes[Math.min(asked.length, outcomes.length - 1)];
    // Behind the command, the type and the template.
    asked.push(args.slice(3));
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...outcome });
  };
  return { engine: { attempt } as Engine, asked };
}

const both = [describeState("api-1"), describeState("api-2", { Health: { Status: "healthy" } }), ""].join(
  "\n",
);

describe("looks that are shared", () => {
  test("are one call of the engine when they come together, and each gets its own container", async () => {
    const { engine, asked } = answering({ stdout: both });
    const look = shareLooks(engine);
    const seen = await Promise.all(["api-1", "api-2", "api-1"].map(look));
    expect(asked).toEqual([["api-1", "api-2"]]);
    expect(seen.map(({ health }) => health)).toEqual(["none", "healthy", "none"]);
  });

  test("are another call when they come later, and know what has changed", async () => {
    const { engine, asked } = answering(
      { stdout: both },
      { stdout: describeState("api-1", { Status: "exited", ExitCode: 3 }, 2) },
    );
    const look = shareLooks(engine);
    expect(await look("api-1")).toMatchObject({ status: "running", restarts: 0 });
    expect(await look("api-1")).toMatchObject({ status: "exited", exitCode: 3, restarts: 2 });
    expect(asked).toEqual([["api-1"], ["api-1"]]);
  });

  test("tell of one that is gone, and of no other", async () => {
    const stderr = "Error response from daemon: No such container: api-2\n";
    const look = shareLooks(answering({ code: 1, stdout: `${describeState("api-1")}\n`, stderr }).engine);
    const [here, gone] = await Promise.allSettled(["api-1", "api-2"].map(look));
    expect(here).toMatchObject({ status: "fulfilled", value: { status: "running" } });
    expect(gone).toMatchObject({
      status: "rejected",
      reason: { message: "The engine says nothing of the container api-2." },
    });
  });

  test("all fail where the engine does not answer, and the next ones ask it again", async () => {
    const { engine } = answering(
      { code: 1, stderr: "Cannot connect to the Docker daemon\n" },
      { stdout: both },
    );
    const look = shareLooks(engine);
    for (const outcome of await Promise.allSettled(["api-1", "api-2"].map(look)))
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: /docker inspect failed/ } });
    expect(await look("api-2")).toMatchObject({ health: "healthy" });
  });
});

test.each<[string, boolean, object]>([
  ["has ended for its memory", true, { Status: "exited", ExitCode: 137, OOMKilled: true }],
  ["has lost a process for its memory, and runs", false, { OOMKilled: true }],
  ["has ended otherwise", false, { Status: "exited", ExitCode: 137 }],
])("whether a container that %s ran out of memory: %s", async (_, outOfMemory, state) => {
  const states = await readStates(answering({ stdout: describeState("api-1", state) }).engine, ["api-1"]);
  expect(states.get("api-1")).toMatchObject({ outOfMemory });
});

test("where there are no containers, the engine is not asked", async () => {
  const { engine, asked } = answering({});
  expect(await readStates(engine, [])).toEqual(new Map());
  expect(asked).toEqual([]);
});
