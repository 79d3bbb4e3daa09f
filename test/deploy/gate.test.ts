import { expect, test } from "vitest";
import { type ContainerState, judge } from "../../deploy/gate";

const running: ContainerState = {
  status: "running",
  health: "none",
  exitCode: 0,
  outOfMemory: false,
  restarts: 0,
};

const cases: [
  what: string,
  now: Partial<ContainerState>,
  first: Partial<ContainerState>,
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
