import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { run } from "../../cli/processes";

const script = "sleep 1; echo done; ps -o pgid= -p $$; echo $$";

/** Runs a script, and tells this process of a wish to end so many times meanwhile. */
async function interrupt(signal: NodeJS.Signals, times: number, endures: boolean) {
  const running = run("sh", ["-c", script], process.env, "kept", endures);
  await wait(200);
  for (let sent = 0; sent < times; sent++) process.emit(signal);
  const { code, text } = await running;
  return { code, lines: text.split("\n").map((line) => line.trim()) };
}

describe("a program", () => {
  test("ends when this process is told to end", async () => {
    expect(await interrupt("SIGTERM", 1, false)).toEqual({ code: 130, lines: [""] });
  });

  test.each(["SIGINT", "SIGTERM"] as const)("that endures goes on at the first %s", async (signal) => {
    const { code, lines } = await interrupt(signal, 1, true);
    expect([code, lines[0]]).toEqual([0, "done"]);
  });

  test("that endures ends at the second one", async () => {
    expect(await interrupt("SIGINT", 2, true)).toEqual({ code: 130, lines: [""] });
  });

  test("that endures is not reached by Ctrl-C, which goes to the group of this process", async () => {
    const [, group, own] = (await interrupt("SIGINT", 0, true)).lines;
    expect(group).toBe(own);
  });
});
