import { exitCodes, Failure } from "./failure";
import { applyEvent, emptyBoard } from "./progress/board";
import { readEngineEvents, readViolation, type Violation } from "./progress/engine-log";
import { createTranslator } from "./progress/happening";

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

/** Reads what Pulumi wrote into its log of events. */
export function readEvents(file: string): Pick<Result, "changes" | "errors" | "warnings"> {
  const translate = createTranslator();
  const events = readEngineEvents(file).flatMap(translate);
  const { errors, warnings } = events.reduce((board, event) => applyEvent(board, event, 0), emptyBoard);
  const ending = events.find((event) => event.type === "ending");
  return { changes: ending?.changes ?? {}, errors, warnings };
}

/** Reads which policies a stack does not keep to. */
export function readViolations(file: string): Violation[] {
  return readEngineEvents(file).flatMap(({ policyEvent }) =>
    policyEvent === undefined ? [] : [readViolation(policyEvent)],
  );
}
