/** How a command is run in a container. */
interface ExecOptions {
  user?: string | undefined;
  /** Whether a user sits at a terminal. */
  isTerminal?: boolean;
}

const anyShell = ["sh", "-c", "if command -v bash >/dev/null; then exec bash; else exec sh; fi"];

/** The arguments of `docker` that run a command in a container, with the user's terminal where there is one. */
export function renderExec(
  container: string,
  command: string[],
  { user, isTerminal = process.stdin.isTTY && process.stdout.isTTY }: ExecOptions = {},
): string[] {
  return [
    "exec",
    "--interactive",
    ...(isTerminal ? ["--tty"] : []),
    ...(user === undefined ? [] : [`--user=${user}`]),
    container,
    ...(command.length === 0 ? anyShell : command),
  ];
}
