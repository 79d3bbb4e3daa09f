import { docker, findReplica } from "../../support/engine";

/** The replicas of production. */
export const titles = ["chat-1", "chat-2", "chat-3"];

/** Asks one replica from inside its container, past the balancer. */
export async function askReplica<Body>(stackLabel: string, title: string, path: string): Promise<Body> {
  const program = `fetch("http://127.0.0.1:3000${path}").then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
  const replica = await findReplica(stackLabel, title);
  return JSON.parse(await docker("exec", replica, "node", "-e", program)) as Body;
}

/** Number of connections that others have open to the port of the replicas. */
export async function countConnections(stackLabel: string): Promise<number> {
  const counts = await Promise.all(
    titles.map(async (title) => {
      const table = await docker("exec", await findReplica(stackLabel, title), "cat", "/proc/net/tcp");
      // Local port 3000, established, and not from the container itself.
      return table.split("\n").filter((line) => /^ *\d+: [0-9A-F]{8}:0BB8 (?!0100007F)\S+ 01 /.test(line))
        .length;
    }),
  );
  return counts.reduce((sum, each) => sum + each, 0);
}
