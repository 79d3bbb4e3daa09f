import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a run of the `docker` command gave. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `docker` with these arguments; does not throw when it fails. */
export async function tryDocker(
  args: string[],
  input?: string | Buffer,
  environment?: NodeJS.ProcessEnv,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("docker", args, {
      env: environment ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", (error) => {
      reject(
        new Failure(`The docker command cannot be run (${error.message}). Install Docker's command line.`),
      );
    });
    // A container that is gone closes the pipe early; its exit code says so.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
    child.on("close", (code) => {
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      });
    });
  });
}

/** Runs `docker` with these arguments and gives what it printed; throws when it fails. */
export async function docker(
  args: string[],
  input?: string | Buffer,
  environment?: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, stdout, stderr } = await tryDocker(args, input, environment);
  if (code !== 0)
    throw new Failure(`docker ${args.slice(0, 2).join(" ")} failed: ${(stderr || stdout).trim()}`);
  return stdout.trim();
}

/** A failure that is told to the user by its message alone. */
export class Failure extends Error {}

/** The same failure with a sentence more; anything else stays as it is. */
export function addSentence(failure: unknown, sentence: string): unknown {
  return failure instanceof Failure ? new Failure(`${failure.message}\n${sentence}`) : failure;
}

/** The values given to a script, by the environment. */
export function readTask(): unknown {
  return JSON.parse(process.env.FLOTILLA_TASK ?? "{}");
}

/** The values given to a script that may be too long for the environment, on its standard input. */
export function readInput(): unknown {
  return JSON.parse(readFileSync(0, "utf8"));
}

/** What the same command printed before, as JSON; undefined the first time. */
export function readBefore(): unknown {
  return JSON.parse(process.env.PULUMI_COMMAND_STDOUT || "null") ?? undefined;
}

/** Runs a shell script in a container, to its first failure. */
export function tryInside(container: string, script: string, options: string[] = []): Promise<Outcome> {
  return tryDocker(["exec", "-i", ...options, container, "sh", "-e", "-s"], script);
}

/** Arguments that ask for what has all these labels. */
export function labelFilters(labels: Record<string, string>): string[] {
  return Object.entries(labels).map(([label, value]) => `--filter=label=${label}=${value}`);
}

/** Runs a script's work; a failure ends the process with its message on stderr. */
export async function perform(work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`);
  } catch (error) {
    const text =
      error instanceof Failure
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}

/** Waits. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Text between single quotes for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether an engine's message says that a container, image or network is not there. */
export function isMissing(message: string): boolean {
  return /no such|not found/i.test(message);
}
