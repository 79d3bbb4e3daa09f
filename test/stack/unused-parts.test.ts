import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";

/** Runs a program in a process of its own, as Pulumi does, and gives what it prints. */
function run(program: string): unknown {
  const args = ["--require", "./loader/register.cjs", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" }));
}

const loadedParts = `Object.keys(require.cache).filter((file) => /arborist|typescript\\.js$/.test(file)).length`;

describe("parts of Pulumi's library that a program does not need", () => {
  // The compiler itself is used until all files are in the loader's cache.
  beforeAll(() => void run(`require("./index"); console.log(1);`), 60_000);

  test("are not loaded, where otherwise they are", () => {
    const load = `const pulumi = require("@pulumi/pulumi"); console.log(${loadedParts});`;
    expect(run(`require("./stack/unused-parts"); ${load}`)).toBe(0);
    expect(run(load)).toBeGreaterThan(0);
  });

  test("are there when they are used", () => {
    const serialize = `require("@pulumi/pulumi").runtime.serializeFunction(() => 17)`;
    const print = `(text) => console.log(JSON.stringify(text))`;
    const text = run(
      `require("./stack/unused-parts"); ${serialize}.then(({ text }) => text).then(${print});`,
    );
    expect(text).toContain("() => 17");
  });

  test("are not loaded by the program", () => {
    expect(run(`require("./index"); console.log(${loadedParts});`)).toBe(0);
  });
});
