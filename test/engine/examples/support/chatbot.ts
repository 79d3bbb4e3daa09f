import { docker, findReplica } from "../../support/engine";
import { listConnections } from "./connections";

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
      const known = await listConnections(await findReplica(stackLabel, title));
      return known.filter(({ localPort, isOpen, isInside }) => localPort === 3000 && isOpen && !isInside)
        .length;
    }),
  );
  return counts.reduce((sum, each) => sum + each, 0);
}
