import http from "node:http";
import { until } from "../../support/engine";

/** An answer that goes on. */
export interface Stream {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** All that has come until now. */
  text(): string;
  /** Seconds from the start to the first of the text; undefined before. */
  beganAfter(): number | undefined;
  /** Waits for a text; gives the seconds that it took. */
  waitFor(text: string, timeoutSeconds?: number): Promise<number>;
  /** Seconds from the start to the end; undefined while it goes on. */
  endedAfter(): number | undefined;
  close(): void;
}

/** Opens an event stream on a connection of its own. */
export function openStream(url: string, headers: http.OutgoingHttpHeaders = {}): Promise<Stream> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, headers }, (response) => {
      let text = "";
      let began: number | undefined;
      let ended: number | undefined;
      const end = () => (ended ??= (performance.now() - startedAt) / 1000);
      response.setEncoding("utf8").on("data", (chunk: string) => {
        began ??= (performance.now() - startedAt) / 1000;
        text += chunk;
      });
      response.on("end", end).on("error", end).on("close", end);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        waitFor: (wanted, timeoutSeconds = 10) =>
          until(`the stream says "${wanted}"`, () => text.includes(wanted), timeoutSeconds),
        beganAfter: () => began,
        endedAfter: () => ended,
        close: () => request.destroy(),
      });
    });
    request.on("error", reject);
  });
}
