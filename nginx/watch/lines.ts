import { isControl } from "../own-place";

/** One try of a request at one replica. */
export interface Try {
  /** Address and port; the upstream's name when it had no replica. */
  address: string;
  /** Status it answered, or Nginx's for it. */
  status: number;
  /** Seconds it took. */
  seconds: number;
}

/** A request as a line of the log has it. */
export interface LoggedRequest {
  status: number;
  seconds: number;
  bytes: number;
  /** `HIT`, `MISS` …; empty where answers are not kept. */
  cache: string;
  /** Number of the route; empty when none was reached. */
  route: string;
  tries: Try[];
}

/** Nginx's variables in a line of the log, in this order, with tabs between them. */
export const logFields = [
  "status",
  "request_time",
  "bytes_sent",
  "upstream_cache_status",
  "route_number",
  "upstream_addr",
  "upstream_status",
  "upstream_response_time",
];

/** Reads one line of the log. */
export function parseLine(line: string): LoggedRequest {
  const [status, seconds, bytes, cache = "", route = "", addresses = "", statuses = "", times = ""] =
    line.split("\t");
  return {
    status: Number(status),
    seconds: Number(seconds),
    bytes: Number(bytes),
    cache: cache === "-" ? "" : cache,
    route: route === "-" ? "" : route,
    tries: parseTries(addresses, statuses, times),
  };
}

/** Stands between tries in Nginx's variables: a colon where Nginx went to another location. */
export const between = /, | : /;

/** The tries that Nginx's variables tell of; the waiting room is none. */
export function parseTries(addresses: string, statuses: string, times: string): Try[] {
  if (addresses === "-" || addresses === "") return [];
  // Nearly all requests need one try, and these are many.
  if (!addresses.includes(" "))
    return [{ address: addresses, status: Number(statuses) || 0, seconds: Number(times) || 0 }];
  const eachStatus = statuses.split(between);
  const eachTime = times.split(between);
  return addresses
    .split(between)
    .map((address, i) => ({
      address,
      status: Number(eachStatus[i]) || 0,
      seconds: Number(eachTime[i]) || 0,
    }))
    .filter(({ address }) => !isControl(address));
}

/** Counts equal lines: most of them are, so few have to be taken apart. */
export function countLines(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line !== "") counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}
