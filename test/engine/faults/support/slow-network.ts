import { join } from "node:path";
import { docker, until } from "../../support/engine";
import type { OwnEngine } from "./own-engine";

/** What becomes of packets. */
export interface SlowNetwork {
  /** How much longer each takes, in each direction. */
  milliseconds: number;
  /** How many of a hundred are lost. */
  percent: number;
  /** Port of the server that they belong to. */
  port: number;
}

/** Delays and loses a container's packets, until the returned function is called. */
export async function slowDown(
  engine: OwnEngine,
  container: string,
  { milliseconds, percent, port }: SlowNetwork,
): Promise<{ restore: () => Promise<void> }> {
  const pid = await docker("inspect", "--format={{.State.Pid}}", container);
  const program = join(__dirname, "slow-network.py");
  const delay = engine.start(
    ...["nsenter", "--target", pid, "--net", "python3", program],
    ...[String(milliseconds), String(percent)],
  );
  await until("packets can be delayed", () => delay.text().includes("ready"));
  // What a container asks itself is not slower.
  const chains = ["INPUT ! -i lo", "OUTPUT ! -o lo"];
  const change = (how: string): Promise<string> => {
    const rules = chains.flatMap((chain) =>
      ["--dport", "--sport"].map((side) => `${how} ${chain} -p tcp ${side} ${port} -j NFQUEUE --queue-num 0`),
    );
    return engine.shell(rules.map((rule) => `nsenter --target ${pid} --net iptables ${rule}`).join("\n"));
  };
  await change("-A");
  return {
    restore: async () => {
      await change("-D");
      await engine.shell(`kill ${/ready (\d+)/.exec(delay.text())?.[1] ?? ""}`);
    },
  };
}
