import type { Ended } from "./processes";

/** Number of resources by what an update did to them, as Pulumi's summary says. */
export interface Changes {
  create: number;
  update: number;
  replace: number;
  delete: number;
  same: number;
}

/** A finished run of Pulumi. */
export interface PulumiRun {
  ok: boolean;
  seconds: number;
  /** All that Pulumi printed. */
  text: string;
  changes: Changes;
}

/** What a finished run of Pulumi says. */
export function toRun({ code, seconds, text }: Ended): PulumiRun {
  return { ok: code === 0, seconds, text, changes: parseChanges(text) };
}

/** Reads the numbers of the paragraph "Resources:". */
export function parseChanges(text: string): Changes {
  const summary = /^Resources:\n((?: .*\n)*)/m.exec(text)?.[1] ?? "";
  const count = (pattern: RegExp) => Number(pattern.exec(summary)?.[1] ?? 0);
  return {
    create: count(/^ +\+ (\d+) (?:created|to create)/m),
    update: count(/^ +~ (\d+) (?:updated|to update)/m),
    replace: count(/^ +\+- ?(\d+) (?:replaced|to replace)/m),
    delete: count(/^ +- (\d+) (?:deleted|to delete)/m),
    same: count(/(\d+) unchanged/),
  };
}
