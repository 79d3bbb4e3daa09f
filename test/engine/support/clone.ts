import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Result } from "../../../cli/result";

const run = promisify(execFile);
const root = resolve(__dirname, "../../..");

/** What this checkout has, in a folder of its own, for a user who has set nothing. */
export interface Clone {
  folder: string;
  /** Runs a command of the project on a stack; gives the result that it prints. */
  npm(command: string, stack: string, ...args: string[]): Promise<Result>;
  environment(): NodeJS.ProcessEnv;
  remove(): void;
}

/** Copies this checkout, with what is not committed yet. */
export async function createClone(): Promise<Clone> {
  const home = mkdtempSync(join(tmpdir(), "flotilla-clone-"));
  const folder = join(home, "flotilla");
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  for (const file of stdout.split("\0").filter((each) => each !== "")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const environment = (): NodeJS.ProcessEnv => {
    const names = Object.keys(process.env).filter((name) => !/^(?:PULUMI_|VITEST|NODE_ENV$|npm_)/.test(name));
    const inherited = names.map((name) => [name, process.env[name]]);
    return { ...Object.fromEntries(inherited), PULUMI_HOME: join(home, "pulumi") } as NodeJS.ProcessEnv;
  };
  return {
    folder,
    environment,
    npm: async (command, stack, ...args) => {
      const line = ["run", "--silent", command, "--", "--json", `--stack=${stack}`, ...args];
      const printed = await run("npm", line, { cwd: folder, env: environment() }).catch(
        (error: unknown) => error as { stdout: string },
      );
      return JSON.parse(printed.stdout) as Result;
    },
    remove: () => {
      rmSync(home, { recursive: true });
    },
  };
}
