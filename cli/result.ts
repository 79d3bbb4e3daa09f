import { existsSync, readFileSync } from "node:fs";
import { exitCodes, Failure } from "./failure";

/** The result of a command on a stack, for programs. */
export interface Result {
  command: string;
  stack: string;
  ok: boolean;
  /** The exports of the program, without secrets; nothing after a failure, a preview or a down. */
  outputs: Record<string, unknown>;
  /** Number of resources by what was done, or would be done, to them. */
  changes: Record<string, number>;
  /** Volumes with data that a down left and removed. */
  volumes?: { kept: string[]; removed: string[] };
  /** Secrets that were generated, by what they are called, that a down left and removed. */
  secrets?: { kept: string[]; removed: string[] };
  /** Numbers of replicas that a down left for the next up, by pool: those that are not the first ones. */
  replicas?: Record<string, number>;
  /** Images that a down left for the next up, by pool: those of deploy and rollback. */
  images?: Record<string, string>;
  /** Protected resources that a down left in the state. */
  left?: string[];
  seconds: number;
  /** Why it failed. */
  errors: string[];
  /** Everything else that should be known. */
  warnings: string[];
}

/** A result as far as it is known. */
export type Told<Whole> = Partial<Whole> & { errors: string[] };

/**
 * Does what a command does, and gives the result as JSON where that is asked for, after a failure too; `complete` adds what
 * is to be said of every end.
 */
export async function giveResult<Whole extends { ok: boolean; errors: string[] }>(
  isAsked: boolean,
  act: () => Promise<Partial<Whole>>,
  complete: (told: Told<Whole>) => Whole,
): Promise<number> {
  const give = (told: Partial<Whole>): number => {
    const result = complete({ errors: [], ...told });
    if (isAsked) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return result.ok ? exitCodes.done : exitCodes.failed;
  };
  try {
    return give(await act());
  } catch (error) {
    if (error instanceof Failure) give({ errors: [error.message], ...error.details } as Partial<Whole>);
    throw error;
  }
}

/** A policy that a stack does not keep to. */
export interface Violation {
  policy: string;
  /** Name of the resource. */
  resource: string;
  message: string;
  /** Whether an update is refused. */
  mandatory: boolean;
}

interface PolicyEvent {
  policyName: string;
  resourceUrn?: string;
  message: string;
  enforcementLevel: string;
}

interface EngineEvent {
  policyEvent?: PolicyEvent;
  summaryEvent?: { resourceChanges?: Record<string, number> };
  diagnosticEvent?: { severity: string; message: string };
}

/** Reads what Pulumi wrote into its log of events. */
export function readEvents(file: string): Pick<Result, "changes" | "errors" | "warnings"> {
  let changes: Record<string, number> = {};
  const said: Record<string, string[]> = { error: [], warning: [] };
  for (const event of parseEvents(file)) {
    if (event.summaryEvent?.resourceChanges !== undefined) changes = event.summaryEvent.resourceChanges;
    const { severity = "", message = "" } = event.diagnosticEvent ?? {};
    said[severity]?.push(withoutColors(message));
  }
  return { changes, errors: said.error ?? [], warnings: said.warning ?? [] };
}

/** Reads which policies a stack does not keep to. */
export function readViolations(file: string): Violation[] {
  return parseEvents(file).flatMap(({ policyEvent }) => {
    if (policyEvent === undefined) return [];
    const { policyName, resourceUrn = "", message, enforcementLevel } = policyEvent;
    // The first line repeats what the policy is.
    const problem = withoutColors(message).split("\n").at(-1) ?? "";
    const resource = resourceUrn.slice(resourceUrn.lastIndexOf("::") + 2);
    return [{ policy: policyName, resource, message: problem, mandatory: enforcementLevel === "mandatory" }];
  });
}

function withoutColors(text: string): string {
  return text.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
}

function parseEvents(file: string): EngineEvent[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").flatMap(parseEvent) : [];
}

/** The last line may be half written after a kill. */
function parseEvent(line: string): EngineEvent[] {
  try {
    return [JSON.parse(line) as EngineEvent];
  } catch {
    return [];
  }
}
