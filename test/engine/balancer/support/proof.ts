import { test } from "vitest";
import { record } from "../../support/rows";
import { tally } from "./client";

/** A test that makes a line of the proof; its work gives what was measured, in words. */
export function proof(operation: string, work: () => Promise<string>, timeoutSeconds = 60): void {
  test(operation, { timeout: timeoutSeconds * 1000 }, async () => {
    const before = { ...tally };
    const startedAt = performance.now();
    let note: string | undefined;
    try {
      note = await work();
    } finally {
      record({
        operation,
        requests: tally.sent - before.sent,
        failed: tally.broken - before.broken,
        seconds: (performance.now() - startedAt) / 1000,
        held: note !== undefined,
        ...(note === undefined ? {} : { note }),
      });
    }
  });
}
