import { docker, findReplica } from "../../support/engine";

/** Numbers by the name of an instance. */
export type Counts = Record<string, number>;

const program = `import json, os
from redis import Redis
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
print(json.dumps({key.split(":")[1]: int(redis.get(key)) for key in redis.scan_iter("requests:*")}))`;

/** Reads the keys `requests:*` of the scaling lab's Redis, past its application. */
export async function readCounters(stackLabel: string): Promise<Counts> {
  const replica = await findReplica(stackLabel, "counter-1");
  return JSON.parse(await docker("exec", replica, "python3", "-c", program)) as Counts;
}

/** What was counted between two looks. */
export function subtract(after: Counts, before: Counts): Counts {
  const entries = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0).sort());
}
