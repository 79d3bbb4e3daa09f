import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { projectFolder, stackFolder } from "./bare/machine.cjs";

/** Where a program's standard output goes. */
export type Output = "shown" | "beside" | "kept";

/** How a program ended. */
export interface Ended {
  code: number;
  /** Its standard output, where that is kept. */
  text: string;
}

/** Runs a program in the folder of the stacks. */
export type Run = (
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv,
  output?: Output,
) => Promise<Ended>;

const outputs = { shown: "inherit", beside: 2, kept: "pipe" } as const;

/** Runs a program; its standard output is shown as such, shown beside it (on standard error), or kept. */
export const run: Run = (command, args, environment, output = "shown") =>
  new Promise((resolve) => {
    // Ctrl-C reaches the program too, which ends in its own way; what has to be put in order after it still is.
    const stay = (): void => undefined;
    process.on("SIGINT", stay);
    const child = spawn(command, args, {
      cwd: stackFolder,
      env: environment,
      stdio: ["inherit", outputs[output], "inherit"],
      // Windows starts npm and npx through its shell alone.
      shell: process.platform === "win32" && /^(?:npm|pnpm|yarn)$/.test(command),
    });
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    const end = (code: number): void => {
      process.off("SIGINT", stay);
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

/** Asks the user at the terminal, beside what a command gives. */
export async function askUser(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return answer.trim();
}

/** Tells the user something, beside what a command gives. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
