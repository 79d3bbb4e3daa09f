import type { Client } from "../../engine/balancer/support/client";
import { docker } from "../../engine/support/engine";

/** One of the two that are compared. */
export interface Contestant {
  container: string;
  client: Client;
}

/** Seconds of processor that a container has used, by either version of control groups. */
export async function readCpuSeconds(container: string): Promise<number> {
  const files = "/sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpuacct/cpuacct.usage";
  const text = await docker("exec", container, "sh", "-c", `cat ${files} 2>/dev/null || true`);
  const microseconds = /^usage_usec (\d+)$/m.exec(text)?.[1];
  const nanoseconds = /^(\d+)$/m.exec(text)?.[1];
  if (microseconds !== undefined) return Number(microseconds) / 1e6;
  if (nanoseconds !== undefined) return Number(nanoseconds) / 1e9;
  throw new Error(`The engine does not tell the CPU seconds of ${container}.`);
}

/** Sends requests like those of a browser, 16 at a time; each has to be answered well. */
export async function send({ client }: Contestant, requests: number): Promise<void> {
  const question = {
    path: "/products?size=2048&type=application/json",
    headers: { "Accept-Encoding": "gzip", Accept: "application/json", "User-Agent": "bench" },
  };
  const answers = await client.askMany(requests, question, 16);
  const bad = answers.filter(({ status }) => status !== 200);
  if (bad.length > 0) throw new Error(`${bad.length} of ${requests} requests failed.`);
}

/** Says what the ratios of all rounds come to, and fails when that is more than the goal. */
export function concludeRatios(ratios: number[], goal: number): void {
  const middle = median(ratios);
  const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  console.log(`median ratio ${middle.toFixed(3)}, from ${spread}; goal at most ${goal}`);
  process.exitCode = middle <= goal ? 0 : 1;
}

/** The middle of some numbers. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** Reads how many of something there are to be, as an option says. */
export function readCount(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} must be a whole number from 1, got ${text}.`);
  return Number(text);
}
