import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { findGoObstacle, startGo } from "../../../load/go";
import { startServerStreaming, startUnary } from "../../../load/grpc";
import { startFreshHttp2, startHttp2, startIdleHttp2 } from "../../../load/http2";
import { pauseForLong, startBlind, startKept, startPausing } from "../../../load/kept";
import type { KindReport, RunningKind } from "../../../load/kinds";
import { startDownloads, startUploads } from "../../../load/transfers";
import { startEventStreams, startWebSockets } from "../../../load/websocket";
import { record } from "../../support/rows";
import type { ProtocolStack } from "./stack";

/** Clients of a kind, and what may become of what they do. */
interface Kind {
  start: (stack: ProtocolStack) => RunningKind;
  /** Why something may fail; absent where nothing may. */
  because?: string;
}

/** Every kind of client that loses nothing. */
export const everyKind: Kind[] = [
  { start: ({ secureUrl: url, ca }) => startHttp2({ url, ca, connections: 3, streams: 12 }) },
  { start: ({ secureUrl: url, ca }) => startFreshHttp2({ url, ca }) },
  { start: ({ secureUrl: url, ca }) => startIdleHttp2({ url, ca }, pauseForLong) },
  ...(findGoObstacle() === undefined
    ? [{ start: ({ secureUrl: url, ca }: ProtocolStack) => startGo({ url, ca }) }]
    : []),
  { start: ({ secureUrl: url, ca }) => startUnary({ url, ca }) },
  { start: ({ secureUrl: url, ca }) => startServerStreaming({ url, ca }) },
  { start: ({ workspace: { url } }) => startUploads(url, 30) },
  { start: ({ workspace: { url } }) => startDownloads(url, 30) },
  { start: ({ workspace: { url } }) => startPausing(url) },
  {
    start: ({ workspace: { port } }) => startBlind(port),
    because: "a connection that was closed long ago is used",
  },
  { start: ({ workspace: { url } }) => startKept("from pool to pool", () => `${url}/through`) },
  { start: ({ workspace: { url } }) => startKept("sticky", () => `${url}/sticky`) },
  { start: ({ workspace: { url } }) => startKept("hash", (index) => `${url}/hashed?user=${index}`) },
];

/** Clients of connections that last. */
export const streams: Kind[] = [
  {
    start: ({ workspace: { url } }) => startWebSockets(`${url}/ws`),
    because: "WebSockets end with their replica",
  },
  {
    start: ({ workspace: { url } }) => startEventStreams(`${url}/events`),
    because: "event streams end with their replica",
  },
];

/** Clients whose requests outlast the drain. */
export const tooLong: Kind = {
  start: ({ workspace: { url } }) => startDownloads(url, 75),
  because: "they outlast drainSeconds",
};

/** Clients that are done at once. */
export const quickKinds: Kind[] = everyKind.slice(0, 3);

/** Clients that lose something when nobody waits for what is under way: whatever else is asked ends before the old replicas do. */
export const mustLose: Kind[] = [
  { start: ({ workspace: { url } }: ProtocolStack) => startUploads(url, 30) },
  { start: ({ workspace: { url } }: ProtocolStack) => startDownloads(url, 30) },
  { start: ({ workspace: { url } }: ProtocolStack) => startWebSockets(`${url}/ws`) },
].map((kind) => ({ ...kind, because: "must lose something" }));

/** Every pausing client asks once more in it. */
const tailMilliseconds = 42_000;

/** Does something under the load of all those clients, and checks that none lost anything that it need not lose. */
export async function protocolRow<Result>(
  operation: string,
  stack: ProtocolStack,
  kinds: Kind[],
  operate: () => Promise<Result>,
): Promise<{ result: Result; seconds: number; reports: KindReport[] }> {
  const running = kinds.map(({ start }) => start(stack));
  const stop = () => Promise.all(running.map((kind) => kind.stop()));
  try {
    await wait(8000);
    const startedAt = performance.now();
    const result = await operate();
    const seconds = (performance.now() - startedAt) / 1000;
    await wait(tailMilliseconds);
    const reports = await stop();
    reports.forEach((report, index) => {
      const because = kinds[index]?.because;
      note(operation, report, seconds, because);
    });
    const faults = reports.filter(({ failed }, index) => failed > 0 && kinds[index]?.because === undefined);
    expect(faults, operation).toEqual([]);
    for (const { kind, sent } of reports) expect(sent, kind).toBeGreaterThan(0);
    return { result, seconds, reports };
  } catch (error) {
    await stop();
    throw error;
  }
}

function note(operation: string, report: KindReport, seconds: number, because: string | undefined): void {
  const { kind, sent, failed, cut, repeated, slowestMs, notes, firstFailures } = report;
  const counts = Object.entries({ cut, "refused unread and repeated": repeated, ...notes });
  const figures = [
    ...counts.flatMap(([name, number]) => (number === 0 ? [] : [`${number} ${name}`])),
    ...firstFailures.slice(0, 3),
  ];
  record({
    ...{ operation: `${operation}: ${kind}`, requests: sent, failed, slowestMs, seconds },
    ...{ held: failed === 0 || because !== undefined, note: figures.join(", ") },
    ...(because === undefined ? {} : { exception: because }),
  });
}
