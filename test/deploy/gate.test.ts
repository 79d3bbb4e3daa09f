import { describe, expect, test } from "vitest";
import { judge, passGate } from "../../deploy/gate";
import type { ReplicaState } from "../../deploy/fleet";
import type { Engine } from "../../engine/client";

const running: ReplicaState = {
  status: "running",
  health: "none",
  exitCode: 0,
  outOfMemory: false,
  restarts: 0,
};

const cases: [
  what: string,
  now: Partial<ReplicaState>,
  first: Partial<ReplicaState>,
  verdict: string | undefined,
][] = [
  ["runs", {}, {}, undefined],
  ["is only created yet", { status: "created" }, { status: "created" }, undefined],
  ["is starting", { health: "starting" }, {}, undefined],
  ["is healthy", { health: "healthy" }, {}, undefined],
  ["is unhealthy", { health: "unhealthy" }, {}, "is unhealthy"],
  ["ended", { status: "exited", exitCode: 3 }, {}, "exited with code 3"],
  ["ended without an error", { status: "exited" }, {}, "exited with code 0"],
  ["is dead", { status: "dead", exitCode: 137 }, {}, "exited with code 137"],
  [
    "waits to be restarted",
    { status: "restarting", exitCode: 1 },
    {},
    "exited with code 1 and is restarted again and again",
  ],
  ["was restarted meanwhile", { restarts: 1, exitCode: 2 }, {}, "ends and is restarted again and again"],
  ["was restarted long ago", { restarts: 4 }, { restarts: 4 }, undefined],
  [
    "was killed for its memory",
    { status: "exited", exitCode: 137, outOfMemory: true },
    {},
    "ran out of memory",
  ],
];

test.each(cases)("a replica that %s gets its verdict", (_, now, first, verdict) => {
  expect(judge({ ...running, ...now }, { ...running, ...first })).toBe(verdict);
});

describe("the gate of a worker that nobody asks", () => {
  const worker = { settleSeconds: 0.5, stopSeconds: 7 };
  const gate = { replica: "app-jobs-1", title: "jobs-1", startSeconds: 5, worker };

  /** An engine with one container in this state, and what it is asked besides. */
  function createEngine(state: object, restarts: number): { engine: Engine; asked: string[] } {
    const asked: string[] = [];
    const engine = {
      attempt: ([command = "", ...args]: string[]) => {
        const told = JSON.stringify({ name: `/${gate.replica}`, state, restarts });
        if (command === "inspect") return Promise.resolve({ code: 0, stdout: told, stderr: "" });
        asked.push([command, ...args].join(" "));
        return Promise.resolve({ code: 0, stdout: "it says why\n", stderr: "" });
      },
    } as unknown as Engine;
    return { engine, asked };
  }

  test("is passed when it has run for long enough", async () => {
    const { engine } = createEngine({ Status: "running", ExitCode: 0, OOMKilled: false }, 0);
    expect(await passGate(engine, gate)).toMatch(/^jobs-1 has run for 0\.[5-9] s$/);
  });

  test("fails for one that ends, which is stopped, unless it has passed before", async () => {
    const state = { Status: "restarting", ExitCode: 3, OOMKilled: false };
    const { engine, asked } = createEngine(state, 1);
    await expect(passGate(engine, gate, { serves: () => false })).rejects.toThrow(
      /^The replica jobs-1 .*exited with code 3 and is restarted again and again/,
    );
    expect(asked).toContain("stop --time=7 app-jobs-1");
    const again = createEngine(state, 1);
    await expect(passGate(again.engine, gate)).rejects.toThrow("jobs-1");
    expect(again.asked.filter((each) => each.startsWith("stop"))).toEqual([]);
  });
});
