import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const serverFile = join(__dirname, "../../apps/demo/server.js");
const running: ChildProcess[] = [];

/** Ends every application that was started. */
export function stopDemos(): void {
  for (const child of running.splice(0)) child.kill("SIGKILL");
}

/** A running application. */
export interface Demo {
  child: ChildProcess;
  port: number;
  url: string;
  output: () => string;
}

/** What the application answers; fields depend on the route. */
export interface Answer {
  message?: string;
  error?: string;
  version: string;
  pool: string;
  method: string;
  path: string;
  visits?: number | null;
  served_by: { hostname: string; container_id: string; instance: string };
  waited_ms?: number;
  burned_ms?: number;
  headers?: Record<string, string>;
  body?: { length: number; sha256: string };
  upstream?: Answer;
}

/** Starts the application without waiting for it. */
export function spawnDemo(environment: Record<string, string>): {
  child: ChildProcess;
  output: () => string;
} {
  const child = spawn(process.execPath, [serverFile], {
    env: { PATH: process.env["PATH"], PORT: "0", INSTANCE_ID: "api-1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

/** Starts the application on a free port and waits until it listens. */
export async function startDemo(environment: Record<string, string> = {}): Promise<Demo> {
  const { child, output } = spawnDemo(environment);
  for (;;) {
    const port = Number(/listens on port (\d+)/.exec(output())?.[1]);
    if (port > 0) return { child, port, url: `http://127.0.0.1:${port}`, output };
    if (child.exitCode !== null) throw new Error(`The demo did not start: ${output()}`);
    await wait(10);
  }
}

/** The JSON answer to a GET request. */
export async function get(url: string): Promise<Answer> {
  const response = await fetch(url);
  return (await response.json()) as Answer;
}

/** Waits for the end of a process. */
export async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}
