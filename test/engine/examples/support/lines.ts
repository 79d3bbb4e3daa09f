import { test } from "vitest";
import { record } from "../../support/rows";

/** What is asked of an example's system, by short names. */
export type Lines = Record<string, string>;

/** Proves one line; the check gives the raw numbers, or fails. */
export type Prove<Name extends string> = (name: Name, how: string, check: () => Promise<string>) => void;

/** Makes a test of each proof, and a row of the table: line, how, raw numbers, result. */
export function useLines<L extends Lines>(example: string, lines: L): Prove<keyof L & string> {
  return (name, how, check) => {
    const line = lines[name] ?? name;
    test(`${line}: ${how}`, async () => {
      const startedAt = performance.now();
      let note: string | undefined;
      let held = false;
      try {
        note = await check();
        held = true;
      } finally {
        const seconds = (performance.now() - startedAt) / 1000;
        const done = { operation: line, requests: 0, failed: 0, seconds, held };
        record({ ...done, example, how, ...(note === undefined ? {} : { note }) });
      }
    });
  };
}
