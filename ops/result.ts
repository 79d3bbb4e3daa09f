import { existsSync, readFileSync } from "node:fs";

/** What a command did, for programs. */
export interface Result {
  command: string;
  stack: string;
  ok: boolean;
  /** What the program exports, without secrets; nothing after a failure, a preview or a down. */
  outputs: Record<string, unknown>;
  /** Number of resources by what was done, or would be done, to them. */
  changes: Record<string, number>;
  /** Volumes with data that a down left and removed. */
  volumes?: { kept: string[]; removed: string[] };
  /** Protected resources that a down left in the state. */
  left?: string[];
  seconds: number;
  /** Why it failed. */
  errors: string[];
  /** What else should be known. */
  warnings: string[];
}

interface EngineEvent {
  summaryEvent?: { resourceChanges?: Record<string, number> };
  diagnosticEvent?: { severity: string; message: string };
}

/** Reads what Pulumi wrote into its log of events. */
export function readEvents(file: string): Pick<Result, "changes" | "errors" | "warnings"> {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  let changes: Record<string, number> = {};
  const said: Record<string, string[]> = { error: [], warning: [] };
  for (const event of lines.flatMap(parseEvent)) {
    if (event.summaryEvent?.resourceChanges !== undefined) changes = event.summaryEvent.resourceChanges;
    const { severity = "", message = "" } = event.diagnosticEvent ?? {};
    said[severity]?.push(message.replaceAll(/<\{%[^%]*%\}>/g, "").trim());
  }
  return { changes, errors: said.error ?? [], warnings: said.warning ?? [] };
}

/** The last line may be half written after a kill. */
function parseEvent(line: string): EngineEvent[] {
  try {
    return [JSON.parse(line) as EngineEvent];
  } catch {
    return [];
  }
}
