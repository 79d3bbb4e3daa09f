import type { BrokerFacts, ClusterFacts } from "../figures";
import { askCluster, askGroups, askOffsets, askPlaces, askSizes, type Cluster, edges } from "../requests";
import { type Connection, type Credentials, openConnection } from "./connection";

/** Where a broker is reached. */
export interface Address {
  host: string;
  port: number;
}

/** Finds out what there is to tell of a cluster; what does not answer is left out. */
export async function observe(addresses: Address[], credentials: Credentials): Promise<ClusterFacts> {
  const cluster = await askFirst(addresses, credentials);
  const brokers = await Promise.all(
    cluster.brokers.map(({ id, host, port }) =>
      withConnection({ host, port }, credentials, (connection) =>
        observeBroker(connection, id, cluster),
      ).catch((): BrokerFacts => ({ id, isUp: false, first: [], next: [], sizes: [], groups: [] })),
    ),
  );
  return { topics: cluster.topics, brokers };
}

/** Any broker knows the cluster. */
async function askFirst(addresses: Address[], credentials: Credentials): Promise<Cluster> {
  const faults: string[] = [];
  for (const address of addresses) {
    try {
      return await withConnection(address, credentials, (connection) => connection.ask(askCluster()));
    } catch (error) {
      faults.push(`${address.host}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(faults.join("; "));
}

async function withConnection<Result>(
  { host, port }: Address,
  credentials: Credentials,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await openConnection(host, port, credentials);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

async function observeBroker(connection: Connection, id: number, { topics }: Cluster): Promise<BrokerFacts> {
  const led = new Map(
    topics.map(({ name, partitions }) => [
      name,
      partitions.filter(({ leader }) => leader === id).map(({ number }) => number),
    ]),
  );
  const first = await connection.ask(askOffsets(led, edges.first));
  const next = await connection.ask(askOffsets(led, edges.next));
  const sizes = await connection.ask(askSizes());
  const groups = [];
  for (const name of await connection.ask(askGroups()))
    groups.push({ name, places: await connection.ask(askPlaces(name)) });
  return { id, isUp: true, first, next, sizes, groups };
}
