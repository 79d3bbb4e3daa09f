import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How a process ended. */
export interface Ended {
  /** Exit code; undefined when a signal ended it. */
  code: number | undefined;
  /** What it printed, on both streams and in the order of printing. */
  text: string;
  seconds: number;
}

/** A process that is still at work. */
export interface Running {
  /** What it has printed until now. */
  text(): string;
  /** Waits until it has printed this; fails when it ends before, or after 120 s. */
  seen(pattern: RegExp): Promise<void>;
  /** Ends it at once; what it started goes on where it is told to leave that alone. */
  kill(whatItStarted: "too" | "not"): Promise<Ended>;
  /** Whether it has ended. */
  isOver(): boolean;
  /** Ends what it started and a kill left alone. */
  killRest(): Promise<void>;
  ended: Promise<Ended>;
}

/** Starts a program. */
export function start(command: string, args: string[], folder: string, env: NodeJS.ProcessEnv): Running {
  const startedAt = performance.now();
  const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const listeners = new Set<() => void>();
  const collect = (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    // Not "close": what a killed program leaves behind may hold its pipes open.
    child.on("exit", (code) => {
      const finish = () => {
        resolve({ code: code ?? undefined, text, seconds: (performance.now() - startedAt) / 1000 });
      };
      child.once("close", finish);
      setTimeout(finish, 1000);
    });
  });

  const seen = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer);
        listeners.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = () => {
        if (pattern.test(text)) settle();
      };
      const timer = setTimeout(() => {
        settle(new Error(`${String(pattern)} was not printed within 120 s:\n${text}`));
      }, 120_000);
      listeners.add(look);
      void ended.then(() => {
        look();
        settle(new Error(`The program ended without printing ${String(pattern)}:\n${text}`));
      });
      look();
    });

  let rest: Process[] = [];
  const kill = async (whatItStarted: "too" | "not") => {
    if (child.pid === undefined) return ended;
    // Looked up first: the children of a process that is gone are nobody's.
    rest = await findDescendants(child.pid);
    child.kill("SIGKILL");
    if (whatItStarted === "too") await killRest();
    return ended;
  };
  const killRest = async () => {
    const alive = await listProcesses();
    // A number alone may be another process's by now.
    for (const { pid, started } of rest)
      if (alive.some((each) => each.pid === pid && each.started === started)) killIfThere(pid);
    rest = [];
  };

  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return { text: () => text, isOver, seen, kill, killRest, ended };
}

interface Process {
  pid: number;
  parent: number;
  /** When it was started. */
  started: string;
}

function listProcesses(): Promise<Process[]> {
  // A bare Debian has no `ps`, and no other system has this folder.
  return existsSync("/proc/self/stat") ? Promise.resolve(readProcessFolder()) : askPs();
}

function readProcessFolder(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // After the program's name, which may have any characters: the state, the parent, and as the 20th the start.
      const fields = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return [{ pid: Number(name), parent: Number(fields[1]), started: fields[19] ?? "" }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

async function askPs(): Promise<Process[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,lstart="]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, started] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return started === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), started }];
  });
}

async function findDescendants(ancestor: number): Promise<Process[]> {
  const processes = await listProcesses();
  const descendantsOf = (pid: number): Process[] =>
    processes.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...descendantsOf(child.pid)]);
  return descendantsOf(ancestor);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
