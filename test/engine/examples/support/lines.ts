import { test } from "vitest";
import { NotTried, record, recordNotTried } from "../../support/record";

/** What is asked of an example's system, by short names. */
export type Lines = Record<string, string>;

/** Proves one line; the check gives the raw numbers, or fails. It throws `NotTried` where it cannot be done. */
export type Prove<Name extends string> = (name: Name, how: string, check: () => Promise<string>) => void;

/** Makes a test of each proof, and a row of the table: line, how, raw numbers, result. */
export function useLines<L extends Lines>(example: string, lines: L): Prove<keyof L & string> {
  return (name, how, check) => {
    const line = { operation: lines[name] ?? name, example, how };
    test(`${line.operation}: ${how}`, async (context) => {
      const startedAt = performance.now();
      const tell = (done: { held: boolean; note?: string }) => {
        const seconds = (performance.now() - startedAt) / 1000;
        record({ ...line, requests: 0, failed: 0, seconds, ...done });
      };
      try {
        tell({ held: true, note: await check() });
      } catch (error) {
        if (!(error instanceof NotTried)) {
          tell({ held: false });
          throw error;
        }
        recordNotTried(line, error.message);
        context.skip(error.message);
      }
    });
  };
}
