import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program and gives what it printed; its error says what it printed there. */
export async function runCommand(...command: string[]): Promise<string> {
  const [program = "", ...args] = command;
  const { stdout } = await run(program, args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Runs a shell command, as the tests' machine; it ends at the first command that fails. */
export function shell(script: string): Promise<string> {
  return runCommand("sh", "-ec", script);
}

/** A program that goes on. */
export interface Started {
  pid: number;
  /** What it has printed until now. */
  text(): string;
  hasEnded(): boolean;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<void>;
}

/** Starts a program, whose standard input ends with this process. */
export function startCommand(...command: string[]): Started {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  let hasEnded = false;
  const collect = (chunk: string) => (text += chunk);
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => {
      hasEnded = true;
      resolve();
    });
  });
  if (child.pid === undefined) throw new Error(`${program} cannot be started.`);
  return {
    pid: child.pid,
    text: () => text,
    hasEnded: () => hasEnded,
    kill: (signal) => child.kill(signal),
    ended,
  };
}
