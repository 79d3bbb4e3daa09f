/** The outcome of asking a replica. */
export type Answer =
  | { kind: "status"; status: number }
  /** The system refuses the connection: nothing listens there. */
  | { kind: "refused" }
  /** No answer in the time that one may take. */
  | { kind: "silent" };

/** A replica's health, as far as it is known. */
export interface Health {
  state: "healthy" | "out" | "unknown";
  /** Milliseconds since the epoch when it came into this state. */
  since: number;
  /** Milliseconds since the epoch of the last question; 0 for none. */
  asked: number;
  /** The last answer, in words; empty for none. */
  answer: string;
  /** Failures in a row. */
  strikes: number;
  /** Address that was asked. */
  address: string;
}

/** The health of a replica that nobody has asked yet. */
export function beginHealth(now: number, isOut: boolean, address: string): Health {
  return { state: isOut ? "out" : "unknown", since: now, asked: 0, answer: "", strikes: 0, address };
}

/** Whether an answer means that the replica can serve. */
export function isHealthy(answer: Answer): boolean {
  return answer.kind === "status" && answer.status >= 200 && answer.status < 400;
}

/** An answer in words. */
export function describeAnswer(answer: Answer): string {
  return answer.kind === "status" ? String(answer.status) : answer.kind;
}

/**
 * Judges a replica's health by an answer. One failure is enough where the replica has certainly stopped: nothing
 * listens, or it is back at another address.
 */
export function judge(
  health: Health,
  answer: Answer,
  { strikes, address, now }: { strikes: number; address: string; now: number },
): Health {
  const strikesNow = isHealthy(answer) ? 0 : health.strikes + 1;
  const hasRestarted = health.address !== "" && health.address !== address;
  const isOut =
    strikesNow > 0 &&
    (health.state === "out" || answer.kind === "refused" || hasRestarted || strikesNow >= strikes);
  const state = strikesNow === 0 ? "healthy" : isOut ? "out" : health.state;
  return {
    state,
    since: state === health.state ? health.since : now,
    asked: now,
    answer: describeAnswer(answer),
    strikes: strikesNow,
    address,
  };
}

/** Whether a replica is asked before its turn: it is new, it has moved, nothing listened there, or its turn was missed. */
export function isUrgent(
  health: Health,
  { address, now, intervalSeconds }: { address: string; now: number; intervalSeconds: number },
): boolean {
  if (health.asked === 0 || health.address !== address) return true;
  if (health.state === "out" && health.answer === "refused") return true;
  return now - health.asked > intervalSeconds * 1000 + 1500;
}
