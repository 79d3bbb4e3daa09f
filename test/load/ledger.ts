import type { NumberedRequest } from "./report";

/** That an application carried out a request of a load. */
export interface Execution {
  number: number;
  /** Which of its processes did so. */
  place: string;
}

/** The numbered requests of a load as the application has carried them out. */
export interface Account {
  /** Requests that were carried out more than once. */
  duplicated: number[];
  /** Requests that were answered well, and never carried out. */
  invented: number[];
  /** Requests that failed, with the place that carried them out all the same; undefined where none did. */
  failed: (NumberedRequest & { place: string | undefined })[];
}

/** Compares what clients were told with what was done. */
export function settle(requests: NumberedRequest[], executions: Execution[]): Account {
  const places = new Map<number, string>();
  const duplicated = new Set<number>();
  for (const { number, place } of executions) {
    if (places.has(number)) duplicated.add(number);
    places.set(number, place);
  }
  return {
    duplicated: [...duplicated],
    invented: requests
      .filter(({ number, failed }) => !failed && !places.has(number))
      .map(({ number }) => number),
    failed: requests
      .filter(({ failed }) => failed)
      .map((request) => ({ ...request, place: places.get(request.number) })),
  };
}

/** The most requests that were under way at one moment between two. */
export function countUnderWay(requests: NumberedRequest[], fromMs: number, toMs: number): number {
  const relevant = requests.filter(({ startedMs, endedMs }) => startedMs <= toMs && endedMs >= fromMs);
  const steps = relevant
    .flatMap(({ startedMs, endedMs }) => [
      { at: startedMs, by: 1 },
      { at: endedMs, by: -1 },
    ])
    // One that ends at the moment another starts may be the same client's.
    .sort((left, right) => left.at - right.at || left.by - right.by);
  let underWay = 0;
  let most = 0;
  for (const { at, by } of steps) {
    underWay += by;
    if (at <= toMs) most = Math.max(most, underWay);
  }
  return most;
}
