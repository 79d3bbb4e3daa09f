import { execFileSync } from "node:child_process";
import { until } from "../support/engine";

/** A terminal of tmux's, which people look at. */
export interface Terminal {
  /** The text that is on it now. */
  read(): string;
  /** Waits until something is on it; gives all that is then. */
  sees(pattern: RegExp, seconds?: number): Promise<string>;
}

const socket = `flotilla-${process.pid}`;
const tmux = (environment: NodeJS.ProcessEnv, ...args: string[]): string =>
  execFileSync("tmux", ["-L", socket, ...args], { env: environment, encoding: "utf8" });

/** Whether there is a tmux. */
export function hasTmux(): boolean {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Starts a command at a terminal of its own, of 100 columns. */
export function openTerminal(
  name: string,
  command: string,
  { folder, environment, rows }: { folder: string; environment: NodeJS.ProcessEnv; rows: number },
): Terminal {
  // With these, nothing is drawn again and again.
  const own: NodeJS.ProcessEnv = Object.fromEntries(
    Object.entries(environment).filter(([key]) => !["CI", "NO_COLOR", "TMUX"].includes(key)),
  );
  const size = ["-x", "100", "-y", String(rows)];
  // It stays for who has not looked yet.
  const line = `${command}; sleep 900`;
  tmux({ ...own, TERM: "xterm" }, "new-session", "-d", "-s", name, ...size, "-c", folder, line);
  const read = (): string => tmux(own, "capture-pane", "-p", "-t", name).replaceAll(/ +$/gm, "").trimEnd();
  return {
    read,
    sees: async (pattern, seconds = 300) => {
      let seen = "";
      await until(`${name} shows ${pattern.source}`, () => pattern.test((seen = read())), seconds);
      return seen;
    },
  };
}

/** Ends all terminals of this file. */
export function closeTerminals(): void {
  tmux(process.env, "kill-server");
}
