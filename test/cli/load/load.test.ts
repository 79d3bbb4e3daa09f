import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type LoadSettings, type Pace, startLoad } from "../../../cli/load/load";

const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server of the test, and the settings of a load on it. */
async function serve(
  answer: http.RequestListener,
  pace: Pace,
  own: Partial<LoadSettings> = {},
): Promise<LoadSettings> {
  const server = http.createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    routes: [{ method: "GET", target: `http://127.0.0.1:${port}/`, weight: 1 }],
    ...{ pace, seconds: 1, requests: 10_000, timeoutSeconds: 5, headers: {}, checksCertificates: true },
    ...own,
  };
}

describe("a constant rate", () => {
  test("sends as many as it says, and the server counts the same", async () => {
    let count = 0;
    const settings = await serve(
      (_, response) => {
        count += 1;
        response.setHeader("X-Served-By", `api-${(count % 2) + 1}`).end("ok");
      },
      { rate: 100 },
    );
    const load = startLoad(settings);
    await load.ended;
    expect(count).toBe(100);
    const { requests, failed, statuses, replicas, classes, seconds } = load.first.summarize();
    expect({ requests, failed, statuses }).toEqual({ requests: 100, failed: 0, statuses: { 200: 100 } });
    expect(replicas).toEqual({ "api-1": 50, "api-2": 50 });
    expect(classes.reduce((sum, [, each]) => sum + each, 0)).toBe(100);
    expect(seconds.reduce((sum, { answered }) => sum + answered, 0)).toBe(100);
  });

  test("counts from when a request was due: what waits behind a stall is as slow as it was for its client", async () => {
    const startedAt = Date.now();
    const settings = await serve(
      (_, response) => {
        setTimeout(() => response.end("ok"), Math.max(0, 500 - (Date.now() - startedAt)));
      },
      { rate: 100 },
    );
    const load = startLoad(settings);
    await load.ended;
    const { latency } = load.first.summarize();
    // Half of the requests were due while nobody answered: their durations go from 500 ms to 0.
    expect(latency.max).toBeGreaterThan(350);
    expect(latency.p90).toBeGreaterThan(250);
  });

  test("ends after its requests", async () => {
    const settings = await serve(
      (_, response) => response.end(),
      { rate: 200 },
      { requests: 7, seconds: 60 },
    );
    const load = startLoad(settings);
    await load.ended;
    expect(load.first.summarize().requests).toBe(7);
  });

  test("is ended before its time, and waits for what is under way", async () => {
    const settings = await serve(
      (_, response) => {
        setTimeout(() => response.end("ok"), 100);
      },
      { rate: 50 },
      { seconds: 60 },
    );
    const load = startLoad(settings);
    await wait(300);
    await load.stop();
    const { requests, failed } = load.first.summarize();
    expect(failed).toBe(0);
    expect(requests).toBeGreaterThan(5);
    expect(load.elapsedMs()).toBeLessThan(5000);
  });
});

test("clients ask again when they are answered", async () => {
  let most = 0;
  let now = 0;
  const settings = await serve(
    (_, response) => {
      most = Math.max(most, (now += 1));
      setTimeout(() => {
        now -= 1;
        response.end("ok");
      }, 10);
    },
    { connections: 4 },
    { seconds: 0.5 },
  );
  const load = startLoad(settings);
  await load.ended;
  expect(most).toBe(4);
  expect(load.first.summarize().requests).toBeGreaterThan(8);
});

test("failures are told by their kind: no answer, none in time, half of one, 5xx; 4xx is an answer", async () => {
  const settings = await serve(
    ({ url }, response) => {
      if (url === "/late") return;
      if (url === "/cut") {
        response.writeHead(200, { "Content-Length": 100 }).write("half");
        setTimeout(() => response.destroy(), 20);
      } else if (url === "/gone") response.destroy();
      else response.writeHead(Number(url?.slice(1))).end();
    },
    { rate: 100 },
    { requests: 5, timeoutSeconds: 0.3 },
  );
  const [{ target } = { target: "" }] = settings.routes;
  const paths = ["late", "cut", "gone", "503", "404"];
  const routes = paths.map((path) => ({ method: "GET", target: `${target}${path}`, weight: 1 }));
  const load = startLoad({ ...settings, routes });
  await load.ended;
  const { failed, statuses, unanswered, methods } = load.first.summarize();
  expect({ failed, statuses, unanswered }).toEqual({
    ...{ failed: 4, statuses: { 200: 1, 404: 1, 503: 1 } },
    unanswered: { ECONNRESET: 1, cut: 1, timeout: 1 },
  });
  expect(methods).toMatchObject([{ name: "GET", requests: 5, failed: 4 }]);
});

test("parts of a load are counted apart", async () => {
  const settings = await serve((_, response) => response.end(), { rate: 100 }, { seconds: 1 });
  const load = startLoad(settings);
  await wait(400);
  const second = load.begin();
  await load.ended;
  const [one, other] = [load.first.summarize().requests, second.summarize().requests];
  expect(one + other).toBe(100);
  expect(Math.min(one, other)).toBeGreaterThan(10);
});
