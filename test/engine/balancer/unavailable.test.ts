import { expect } from "vitest";
import { until } from "../support/engine";
import { type Answer, countStatuses } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const page = "<!doctype html><title>Back soon</title><h1>The shop is having a nap</h1>";
const pools = {
  one: workbench({ balancing: { holdSeconds: 0 } }),
  three: workbench({
    replicas: 3,
    balancing: {
      holdSeconds: 0,
      timeouts: { readSeconds: 1, retrySeconds: 2 },
      failures: { seconds: 2 },
    },
  }),
};
const routes = Object.keys(pools).map((pool) => ({ path: `/${pool}`, pool }));
const balancer = useBalancer({ args: { pools, routes, balancer: { retryAfterSeconds: 7 } } });

const browser = { Accept: "text/html,application/xhtml+xml" };

async function refuse(): Promise<void> {
  await Promise.all(balancer().replicas.map((replica) => replica.order("refuse")));
}

async function recover(path: string): Promise<number> {
  await Promise.all(balancer().replicas.map((replica) => replica.order("listen")));
  return until(`${path} answers again`, async () => (await balancer().ask(path)).status === 200, 20);
}

function expectClean(answer: Answer): void {
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("7");
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
}

proof(
  "no replica: a clean 503 with Retry-After, JSON for programs, a page for browsers; back by itself",
  async () => {
    const notes: string[] = [];
    for (const path of ["/one", "/three"]) {
      await refuse();
      const forPrograms = await balancer().askMany(40, path, 4);
      expect(countStatuses(forPrograms)).toEqual({ "503": 40 });
      for (const answer of forPrograms) {
        expectClean(answer);
        expect(answer.headers["content-type"]).toBe("application/json");
        expect(JSON.parse(answer.text)).toEqual({ error: "no replica can answer now" });
      }
      const forBrowsers = await balancer().ask({ path, headers: browser });
      expectClean(forBrowsers);
      expect(forBrowsers.headers["content-type"]).toBe("text/html");
      expect(forBrowsers.text).toContain("<h1>Not available just now</h1>");
      const posted = await balancer().ask({ path, method: "POST", body: "a=1" });
      expectClean(posted);
      await until("the POST is logged as one", async () =>
        (await balancer().accessLog()).some(
          (line) => line.includes('"method":"POST"') && line.includes(`"uri":"${path}","status":503`),
        ),
      );
      notes.push(`${path}: 42 of 42 were a clean 503, back after ${(await recover(path)).toFixed(1)} s`);
    }
    return notes.join("; ");
  },
);

proof("no replica: the user's own page", async () => {
  await balancer().reload({ pools, routes, balancer: { unavailablePage: page } });
  await refuse();
  const answer = await balancer().ask({ path: "/one", headers: browser });
  const forPrograms = await balancer().ask("/one");
  await recover("/one");
  expect(answer.status).toBe(503);
  expect(answer.text).toBe(page);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(forPrograms.text).toBe('{"error":"no replica can answer now"}');
  return `503 with the page's ${page.length} bytes`;
});

proof("the application's own failures pass unchanged", async () => {
  const seen: string[] = [];
  for (const status of [400, 404, 429, 500, 502, 503, 504]) {
    const answer = await balancer().ask(`/one?status=${status}&header=X-Reason:%20mine`);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain('"instance":"1"');
    expect(answer.headers["x-reason"]).toBe("mine");
    expect(answer.headers["retry-after"]).toBeUndefined();
    seen.push(String(answer.status));
  }
  const own = await balancer().ask("/one?status=503&header=Retry-After:%2099");
  expect(own.headers["retry-after"]).toBe("99");
  return seen.join(", ");
});

proof("no answer in time: 504 with Retry-After, JSON or a page", async () => {
  const answer = await balancer().ask("/three?ms=5000");
  const forBrowser = await balancer().ask({ path: "/three?ms=5000", headers: browser });
  expect([answer.status, forBrowser.status]).toEqual([504, 504]);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(JSON.parse(answer.text)).toEqual({ error: "no replica answered in time" });
  expect(forBrowser.text).toContain("<h1>No replica answered in time</h1>");
  return `504 after ${answer.seconds.toFixed(1)} s`;
});
