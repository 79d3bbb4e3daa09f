import { describeCounts, describeMs, renderCounted } from "../load/report";
import type { Paint } from "../operator/style";
import type { Failover } from "./failover";

/** The end of a replica and its return, for people. */
export function renderFailover(done: Failover, faults: string[], width: number, paint: Paint): string[] {
  const { replica, methods, statuses, unanswered, slowestMs } = done;
  const { secondsUntilTried, secondsUntilOut, secondsUntilBack } = done;
  return [
    ...renderCounted("METHOD", methods, width),
    "",
    `answers: ${describeCounts(statuses)}; without an answer: ${describeCounts(unanswered)}; slowest ${describeMs(slowestMs)}`,
    secondsUntilTried === null
      ? `no request was tried at ${replica} while it was gone`
      : `the first request that ${replica} failed was counted after ${secondsUntilTried} s`,
    secondsUntilOut === null
      ? `the balancer did not take ${replica} out: it answered again before that`
      : `the balancer did not ask ${replica} any more after ${secondsUntilOut} s`,
    secondsUntilBack === null
      ? `${replica} was not seen back`
      : `${replica} was back after ${secondsUntilBack} s`,
    ...(faults.length === 0
      ? [paint("green", "No GET failed, and all replicas are there.")]
      : faults.map((fault) => paint("red", fault))),
  ];
}
