import { spawn } from "node:child_process";
import { docker } from "../../support/engine";
import { dialects } from "./writers";

/** What clients of PostgreSQL's own load program did. */
export interface BenchResult {
  /** Number of transactions that were acknowledged. */
  transactions: number;
  /** Number of clients that had to give up. */
  aborted: number;
  text: string;
}

let started = 0;

/** Writes rows as many clients at once, each on one connection and by prepared statements. */
export function startBench(
  network: string,
  url: string,
  options: string[],
): { ended: Promise<BenchResult>; isOn(): Promise<boolean> } {
  const name = `flotilla-bench-${process.pid}-${(started += 1)}`;
  const script = `echo "INSERT INTO entries VALUES (gen_random_uuid()::text);" > /tmp/write.sql
exec pgbench --no-vacuum --protocol=prepared --file=/tmp/write.sql ${options.join(" ")} "$URL" 2>&1`;
  const args = [
    "run",
    "--rm",
    "-i",
    `--name=${name}`,
    `--network=${network}`,
    "--env=URL",
    "--entrypoint=sh",
  ];
  const child = spawn("docker", [...args, dialects.postgres.image, "-c", script], {
    env: { ...process.env, URL: url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const ended = new Promise<BenchResult>((resolve) => {
    child.once("close", () => {
      const [, transactions = "0"] = /actually processed: (\d+)/.exec(text) ?? [];
      const aborted = text.match(/client \d+ (?:aborted|.*connection.*failed)|could not create connection/g);
      resolve({ transactions: Number(transactions), aborted: aborted?.length ?? 0, text });
    });
  });
  return {
    ended,
    isOn: async () => (await docker("ps", "--quiet", `--filter=name=^${name}$`)) !== "",
  };
}
