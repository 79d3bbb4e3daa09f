import { controlPort } from "../control-port";
import { ownAddress } from "./peers";
import { between } from "./lines";
import type { WatchedUpstream } from "./settings";

/** Milliseconds for which a pool's answer holds: who asks often must not have its replicas asked as often. */
const keptMs = 1000;

/** Names of the pools that cannot answer now; each is asked as a client would ask it. */
export async function findSilent(upstreams: WatchedUpstream[]): Promise<string[]> {
  const found = await Promise.all(upstreams.map(canAnswer));
  return upstreams.filter((_, i) => !found[i]).map(({ name }) => name);
}

async function canAnswer(upstream: WatchedUpstream): Promise<boolean> {
  const key = `answers ${upstream.name}`;
  const kept = ngx.shared.flotilla_locks.get(key);
  if (kept !== undefined) return kept === "yes";
  const can = (await findWhoAnswers(upstream)) !== undefined;
  ngx.shared.flotilla_locks.set(key, can ? "yes" : "no", keptMs);
  return can;
}

/** Asks a pool as a client would, and gives the address of the replica that answers; undefined where none can. */
export async function findWhoAnswers({
  name,
  takesAnyAnswer,
}: Pick<WatchedUpstream, "name" | "takesAnyAnswer">): Promise<string | undefined> {
  try {
    const { headers } = await ngx.fetch(`http://${ownAddress()}:${controlPort}/answers/${name}`);
    return readWhoAnswered(headers.get("X-Flotilla-Answer") ?? "", takesAnyAnswer);
  } catch {
    return undefined;
  }
}

/**
 * The address of the last try, where that shows that a pool can answer.
 * @param answer addresses, statuses and times of all tries; the time is `-` where Nginx had no answer and made one
 */
export function readWhoAnswered(answer: string, takesAnyAnswer: boolean): string | undefined {
  const [addresses = "", statuses = "", times = "-"] = answer.split("; ");
  const last = (list: string): string => list.split(between).slice(-1).join("");
  if (last(times) === "-") return undefined;
  return takesAnyAnswer || /^[23]/.test(last(statuses)) ? last(addresses) : undefined;
}
