import { keyOf } from "./counters";
import { keepMinute, type Minute, readHour } from "./hour";
import type { ReplicaStatus } from "./status";

/** Keeps what each replica was asked in the minute that is over; `look` is called once a minute. */
export function keepHours(look: () => ReplicaStatus[]): void {
  const hours = ngx.shared.flotilla_hours;
  const minute = Math.floor(Date.now() / 60_000);
  if (hours.get("minute") === String(minute)) return;
  hours.set("minute", String(minute));
  const replicas = new Map(look().map((replica) => [keyOfHour(replica), replica]));
  for (const [key, counted] of replicas) hours.set(key, keepMinute(hours.get(key), minute, counted));
  for (const key of hours.keys(100_000)) if (key !== "minute" && !replicas.has(key)) hours.delete(key);
}

/** The last hour of a replica. */
export function findHour(replica: Pick<ReplicaStatus, "pool" | "replica">): Minute[] {
  return readHour(ngx.shared.flotilla_hours.get(keyOfHour(replica)));
}

function keyOfHour({ pool, replica }: Pick<ReplicaStatus, "pool" | "replica">): string {
  return keyOf("hour", pool, replica);
}
