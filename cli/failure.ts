/** How a command ends; one that runs another program, as `test` and `example` do, ends as that does. */
export const exitCodes = {
  /** It did what it was told: after `up`, every pool of the site answers. */
  done: 0,
  /** It failed, or found something to mend. */
  failed: 1,
  /** It was told something that it has no use for, and did nothing. */
  misused: 2,
} as const;

/** A failure whose message is for the user: the last that is on the screen. */
export class Failure extends Error {
  readonly exitCode: number = exitCodes.failed;

  /** What a result for programs says beside the message. */
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
