import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Runs a program in a process of its own, as Pulumi does, and gives what it prints. */
function run(program: string, more: NodeJS.ProcessEnv = {}): unknown {
  const args = ["--require", "./loader/register.cjs", "--eval", program];
  const env = { ...process.env, ...more };
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe", env }));
}

const noted = `
const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
const own = Promise.resolve();
debuggablePromise(own, "mine");
const lines = (text) => String(text).split("\\n").filter((line) => line.includes(" at ")).length;
console.log(JSON.stringify({ noted: lines(own._debugStackTrace), context: own._debugCtx, error: lines(new Error().stack) > 0 }));`;
const without = `require("./stack/promise-traces"); ${noted}`;

test("where promises are made is not noted, but where errors are is", () => {
  expect(run(without)).toEqual({ noted: 0, context: "mine", error: true });
  expect(run(noted)).toMatchObject({ noted: expect.any(Number) as number, error: true });
  expect((run(noted) as { noted: number }).noted).toBeGreaterThan(0);
});

test("who asks for promises that do not end is told all", () => {
  expect((run(without, { PULUMI_DEBUG_PROMISE_LEAKS: "true" }) as { noted: number }).noted).toBeGreaterThan(
    0,
  );
});
