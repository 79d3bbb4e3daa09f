import type { LoggedRequest, Try } from "./lines";
import type { Replica } from "./replicas";
import type { WatchSettings } from "./settings";

/** Upper bounds of the classes of duration, in seconds. */
export const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The status with which a connection becomes a stream, such as a WebSocket. */
export const switched = 101;

/** Adds to a counter; its key is the metric and its labels' values, with tabs between them. */
export type Add = (key: string, by: number) => void;

/** A counter's key. */
export function keyOf(metric: string, ...labels: string[]): string {
  return `${metric}\t${labels.join("\t")}`;
}

/** Index of the class of a duration; one more than the last for the longest. */
export function classOf(seconds: number): number {
  let index = 0;
  while (index < bounds.length && seconds > (bounds[index] ?? 0)) index += 1;
  return index;
}

/** Counts requests of one kind; gives the names of the replicas that failed one of them. */
export function countRequest(
  request: LoggedRequest,
  times: number,
  { replicas, settings }: { replicas: Map<string, Replica>; settings: WatchSettings },
  add: Add,
): string[] {
  const { tries, seconds } = request;
  const last = tries[tries.length - 1];
  const answering = last === undefined ? undefined : replicas.get(last.address);
  const route = settings.routes[Number(request.route || -1)];
  const upstream = route?.upstream || answering?.upstream || "";
  add(keyOf("requests", upstream, answering?.title ?? "", `${Math.floor(request.status / 100)}xx`), times);
  // How long a stream stays open says nothing of how quick answers are.
  if (request.status !== switched) {
    add(keyOf("seconds", upstream, String(classOf(seconds))), times);
    add(keyOf("seconds_sum", upstream), seconds * times);
  }
  add(keyOf("bytes", upstream), request.bytes * times);
  if (tries.length > 1) add(keyOf("retries", upstream), (tries.length - 1) * times);
  if (request.cache !== "") add(keyOf("cache", upstream, request.cache), times);
  if (request.status === 429) add(keyOf("limited", route?.title ?? ""), times);
  const failed: string[] = [];
  for (const each of tries) {
    const replica = replicas.get(each.address);
    if (replica === undefined) continue;
    const isFailure = hasFailed(request, each);
    countTry(replica, each, isFailure, times, add);
    if (isFailure) failed.push(replica.name);
  }
  return failed;
}

/** Whether a try has failed: another one followed, or it was answered with 5xx. */
export function hasFailed({ tries }: LoggedRequest, each: Try): boolean {
  return each !== tries[tries.length - 1] || each.status >= 500;
}

function countTry(
  { upstream, title }: Replica,
  { status, seconds }: Try,
  isFailure: boolean,
  times: number,
  add: Add,
): void {
  if (status === switched) add(keyOf("streams", upstream, title), times);
  else {
    add(keyOf("try_seconds", upstream, title, String(classOf(seconds))), times);
    add(keyOf("try_seconds_sum", upstream, title), seconds * times);
  }
  if (isFailure) add(keyOf("errors", upstream, title), times);
}
