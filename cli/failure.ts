/** How a command ends; `test`, `example` and `bench` end as what they run does. */
export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

/** The meaning of each. */
export const exitMeanings: [code: number, meaning: string][] = [
  [exitCodes.done, "it did what it was told; after up, every pool answers"],
  [exitCodes.failed, "it failed, or found something to mend"],
  [exitCodes.misused, "it was told something that it has no use for, and did nothing"],
];

/** A failure whose message is for the user: the last that is on the screen. */
export class Failure extends Error {
  readonly exitCode: number = exitCodes.failed;

  /** `details` stand in a result for programs beside the message. */
  constructor(
    message: string,
    readonly details: object = {},
  ) {
    super(message);
  }
}

/** The command was told something that it has no use for. */
export class Misuse extends Failure {
  override readonly exitCode = exitCodes.misused;
}
