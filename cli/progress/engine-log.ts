import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** A resource before or after a step, as far as it is of use. */
export interface EngineState {
  id?: string;
  /** URN of what it is of. */
  parent?: string;
  inputs?: Record<string, unknown> | null;
  outputs?: Record<string, unknown> | null;
}

/** A step of an update, at one resource. */
export interface EngineStep {
  op: string;
  urn: string;
  type: string;
  old?: EngineState | null;
  new?: EngineState | null;
}

/** A line of Pulumi's log of events. */
export interface EngineEvent {
  /** Seconds since 1970. */
  timestamp?: number;
  diagnosticEvent?: { urn?: string; severity: string; message: string };
  policyEvent?: { policyName: string; resourceUrn?: string; message: string; enforcementLevel: string };
  resourcePreEvent?: { metadata: EngineStep; planning?: boolean };
  resOutputsEvent?: { metadata: EngineStep; planning?: boolean };
  resOpFailedEvent?: { metadata: EngineStep };
  summaryEvent?: { resourceChanges?: Record<string, number>; result?: string };
}

/** Reads the whole log of events. */
export function readEngineEvents(file: string): EngineEvent[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").flatMap(parseEngineEvent) : [];
}

/** Reads a line of the log; the last one may be half written after a kill. */
export function parseEngineEvent(line: string): EngineEvent[] {
  // Nine of ten lines are of those who look into Pulumi itself.
  if (line === "" || line.endsWith('"severity":"debug"}}')) return [];
  try {
    return [JSON.parse(line) as EngineEvent];
  } catch {
    return [];
  }
}

/** Words of Pulumi's without its marks for colours. */
export function withoutMarks(text: string): string {
  return text.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
}

/** A policy that a stack does not keep to. */
export interface Violation {
  policy: string;
  /** Name of the resource. */
  resource: string;
  message: string;
  /** Whether an update is refused for it. */
  mandatory: boolean;
}

/** Reads what a policy says of a resource. */
export function readViolation({
  policyName,
  resourceUrn = "",
  message,
  enforcementLevel,
}: NonNullable<EngineEvent["policyEvent"]>): Violation {
  // The first line repeats what the policy is.
  const problem = withoutMarks(message).split("\n").at(-1) ?? "";
  return {
    ...{ policy: policyName, resource: nameOfUrn(resourceUrn) },
    ...{ message: problem, mandatory: enforcementLevel === "mandatory" },
  };
}

/** The name of a resource, which is the last part of its URN. */
export function nameOfUrn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Milliseconds between two looks at the log. */
const interval = 100;

/** Hands over the log's events as they are written; what it gives reads the rest, and ends. */
export function followEngineLog(file: string, take: (event: EngineEvent) => void): () => void {
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(1 << 16);
  let position = 0;
  let rest = "";
  const look = (): void => {
    if (!existsSync(file)) return;
    const descriptor = openSync(file, "r");
    try {
      for (;;) {
        const count = readSync(descriptor, buffer, 0, buffer.length, position);
        if (count === 0) return;
        position += count;
        const lines = (rest + decoder.write(buffer.subarray(0, count))).split("\n");
        rest = lines.pop() ?? "";
        lines.flatMap(parseEngineEvent).forEach(take);
      }
    } finally {
      closeSync(descriptor);
    }
  };
  const timer = setInterval(look, interval);
  return () => {
    clearInterval(timer);
    look();
  };
}
