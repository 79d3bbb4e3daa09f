/** Something that went wrong and is told by its message alone. */
export class Failure extends Error {}

/** Explains in words what went wrong. */
export function explain(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
