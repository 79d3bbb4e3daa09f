import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { projectFolder, stackFolder } from "./bare/machine.cjs";

/** Where a program's standard output goes; of what is watched, only its standard error is of use, and kept. */
export type Output = "shown" | "beside" | "kept" | "watched";

/** How a program ended. */
export interface Ended {
  code: number;
  /** Its words, where they are kept. */
  text: string;
}

/** Runs a program in the folder of the stacks; one that endures goes on when the user wants an end, until that is said again. */
export type Run = (
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv,
  output?: Output,
  endures?: boolean,
) => Promise<Ended>;

/** Standard output and standard error. */
const outputs = {
  shown: ["inherit", "inherit"],
  beside: [2, "inherit"],
  kept: ["pipe", "inherit"],
  watched: ["ignore", "pipe"],
} as const;

/** Runs a program; its standard output is shown as such, shown beside it (on standard error), kept, or dropped. */
export const run: Run = (command, args, environment, output = "shown", endures = false) =>
  new Promise((resolve) => {
    let isAskedAgain = false;
    const endure = (): void => {
      if (isAskedAgain) child.kill("SIGINT");
      isAskedAgain = true;
    };
    // Ctrl-C reaches the program too, which ends in its own way; what has to be put in order after it still is.
    const stay = endures ? endure : (): void => undefined;
    process.on("SIGINT", stay);
    // One who ends this process alone means what it has started, which shall end in good order.
    const pass = endures
      ? endure
      : (): void => {
          child.kill("SIGINT");
        };
    process.on("SIGTERM", pass);
    const child = spawn(command, args, {
      cwd: stackFolder,
      env: environment,
      // In a group of its own, Ctrl-C does not reach it.
      detached: endures && process.platform !== "win32",
      stdio: ["inherit", ...outputs[output]],
      // Windows starts npm and npx through its shell alone.
      shell: process.platform === "win32" && /^(?:npm|pnpm|yarn)$/.test(command),
    });
    let text = "";
    (child.stdout ?? child.stderr)?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    const end = (code: number): void => {
      process.off("SIGINT", stay);
      process.off("SIGTERM", pass);
      resolve({ code, text });
    };
    child.on("error", ({ message }) => {
      process.stderr.write(`${command} cannot be run: ${message}\n`);
      end(127);
    });
    child.on("close", (code) => {
      end(code ?? 130);
    });
  });

/** Runs a program of this project in TypeScript; gives its exit code. */
export async function runScript(
  file: string,
  words: string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const loader = join(projectFolder, "loader/register.cjs");
  const program = ["--require", loader, join(projectFolder, file), ...words];
  return (await run(process.execPath, program, environment)).code;
}

/** Asks the user at the terminal, beside what a command gives; who ends the question instead has said nothing. */
export function askUser(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    const end = (): void => {
      process.stderr.write("\n");
      resolve("");
    };
    terminal.once("close", end);
    terminal.question(question).then(
      (answer) => {
        terminal.off("close", end);
        terminal.close();
        resolve(answer.trim());
      },
      // Ctrl-C, which closes the terminal too.
      () => undefined,
    );
  });
}

/** Asks for a yes. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test(await askUser(`${question} (yes/no) `));
}

/** Whether the user agrees, by the whole word; where nobody can be asked, the command itself is the answer. */
export async function isAgreed(
  question: string,
  { yes, json }: { yes: boolean; json: boolean },
): Promise<boolean> {
  if (yes || json || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  return (await askUser(`${question} (yes/no) `)) === "yes";
}

/** Tells the user something, beside what a command gives. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Whether a process of this machine runs, be it somebody else's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
