import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Engine, failWithoutDocker } from "./client";

/** A run of the `docker` command whose lines are read as they come. */
export interface Stream {
  /** Its exit code and what it said of a failure; 0 where it was stopped. */
  ended: Promise<{ code: number; stderr: string }>;
  /** Ends it. */
  stop: () => void;
}

/** Runs `docker`, and takes each line when it comes; with `both`, those of its standard error too. */
export type Follow = (
  engine: Engine,
  args: string[],
  take: (line: string) => void,
  options?: { both?: boolean },
) => Stream;

export const follow: Follow = (engine, args, take, { both = false } = {}) => {
  const child = spawn("docker", args, {
    env: engine.environment,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  let isStopped = false;
  let stderr = "";
  createInterface({ input: child.stdout }).on("line", take);
  if (both) createInterface({ input: child.stderr }).on("line", take);
  else child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  return {
    ended: new Promise((resolve, reject) => {
      child.on("error", (error) => {
        reject(failWithoutDocker(error));
      });
      child.on("close", (code) => {
        resolve({ code: isStopped ? 0 : (code ?? 1), stderr: stderr.trim() });
      });
    }),
    stop: () => {
      isStopped = true;
      child.kill();
    },
  };
};

/** Runs `docker` with the user's own terminal, or what is in its place; gives the exit code. */
export type Open = (engine: Engine, args: string[]) => Promise<number>;

export const open: Open = (engine, args) =>
  new Promise((resolve, reject) => {
    // Ctrl-C is for the program in the container.
    const stay = (): void => undefined;
    process.on("SIGINT", stay);
    const child = spawn("docker", args, { env: engine.environment, stdio: "inherit", windowsHide: true });
    child.on("error", (error) => {
      process.off("SIGINT", stay);
      reject(failWithoutDocker(error));
    });
    child.on("close", (code) => {
      process.off("SIGINT", stay);
      resolve(code ?? 130);
    });
  });
