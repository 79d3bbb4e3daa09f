import type { Stream } from "../../engine/streams";
import { exitCodes } from "../failure";
import { say } from "../processes";

/** Lets a stream go on until the user ends it; gives the exit code. */
export async function followToEnd({ ended, stop }: Stream): Promise<number> {
  const release = untilInterrupted(stop);
  const { code, stderr } = await ended;
  release();
  if (code === 0) return exitCodes.done;
  say(stderr);
  return exitCodes.failed;
}

/** Goes on until the user ends it, by Ctrl-C or as a service is ended. */
export function untilInterrupted(stop: () => void): () => void {
  return listen("once", stop);
}

/** Tells of each wish of the user to end it, and goes on: for what has to be put in order first. */
export function throughInterrupts(stop: () => void): () => void {
  return listen("on", stop);
}

const signals = ["SIGINT", "SIGTERM"] as const;

function listen(how: "on" | "once", stop: () => void): () => void {
  for (const signal of signals) process[how](signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
