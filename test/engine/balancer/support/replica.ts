import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { docker } from "../../support/engine";
import { findFreePort } from "../../support/ports";
import { ask as askControl } from "../../support/requests";

/** One connection from the balancer, as a replica saw it. */
export interface Connection {
  requests: number;
  /** How long it was open; absent while it is. */
  openMs?: number;
  closedBy?: string;
}

/** What a replica saw since it was last told to forget. */
export interface Seen {
  /** Requests by method and path. */
  requests: Record<string, number | undefined>;
  /** Headers of the last request by path. */
  headers: Record<string, Record<string, string | undefined> | undefined>;
  /** Bodies by path. */
  uploads: Record<string, { bytes: number; done: boolean } | undefined>;
  connections: Connection[];
  /** Most requests at one time. */
  busiest: number;
  /** Open event streams. */
  streams: number;
}

/** A container with the workbench on port 3001, its calls on 50051 and the demo application on 3000. */
export interface Replica {
  /** What it calls itself: its number. */
  instance: string;
  container: string;
  seen(): Promise<Seen>;
  /** Does one of the orders that the workbench knows. */
  order(order: "reset" | "tell" | "refuse" | "listen", text?: string): Promise<void>;
}

const root = resolve(__dirname, "../../../..");
const files = { DEMO: join(root, "apps/demo/server.js"), WORKBENCH: join(root, "test/apps/workbench.js") };
const start = [
  'printf %s "$DEMO" > /demo.js',
  'printf %s "$WORKBENCH" > /workbench.js',
  `exec node -e 'require("/demo.js"); require("/workbench.js")'`,
].join("; ");

/** Starts a replica on a network. */
export async function startReplica(container: string, network: string, instance: string): Promise<Replica> {
  const port = await findFreePort();
  await docker(
    ...["run", "--detach", "--init", `--name=${container}`, `--network=${network}`],
    `--publish=127.0.0.1:${port}:3100`,
    ...[`--env=INSTANCE_ID=${instance}`, "--env=LOG=false"],
    ...Object.entries(files).map(([name, file]) => `--env=${name}=${readFileSync(file, "utf8")}`),
    ...["node:24-slim", "sh", "-c", start],
  );
  const ask = async (path: string): Promise<Seen> => {
    const answer = await askControl(`http://127.0.0.1:${port}${path}`);
    if (typeof answer === "string") throw new Error(`Replica ${instance} does not tell: ${answer}`);
    return JSON.parse(answer.body) as Seen;
  };
  return {
    instance,
    container,
    seen: () => ask("/seen"),
    order: async (order, text = "") => {
      await ask(`/${order}?text=${encodeURIComponent(text)}`);
    },
  };
}
