import { expect, test } from "vitest";
import { readHour } from "../../../nginx/watch/hour";
import { renderStatus, type ShownReplica } from "../../../nginx/watch/status-page";

const now = Date.parse("2026-11-27T10:00:00Z");

function make(own: Partial<ShownReplica>): ShownReplica {
  return {
    ...{ pool: "api", replica: "api-1", container: "a", address: "10.0.0.1:3000", state: "healthy" },
    ...{
      since: "2026-11-27T09:57:00Z",
      lastAnswer: "200",
      strikes: 0,
      requests: 12_345,
      errors: 0,
      streams: 0,
    },
    ...{ averageMs: 12.34, p95Ms: 2500, hour: readHour(undefined) },
    ...own,
  };
}

const hour = readHour("3 0/0 10/0 40/10");
const shown = [
  make({ hour }),
  make({ replica: "api-2", state: "out", strikes: 3, lastAnswer: "<502>", errors: 4, streams: 2 }),
  make({ pool: "page", replica: "page-1", state: "unknown", since: null, averageMs: null, p95Ms: null }),
];

test("the page sums up all pools and each, and shows times as people say them", () => {
  const page = renderStatus("<shop>", shown, now);
  expect(page).toContain("<h1>&lt;shop&gt;</h1>");
  expect(page).toContain("2 of 3 replicas get requests</span> · 37 035 requests · 4 errors · 2 streams</p>");
  expect(page).toContain("1 of 2 replicas get requests</span> · 24 690 requests · 4 errors · 2 streams</p>");
  expect(page).toContain("1 of 1 replicas get requests</span> · 12 345 requests · 0 errors</p>");
  expect(page).toContain('<span title="2026-11-27T09:57:00Z">3 min</span>');
  expect(page).toContain('<span class="out">out, 3 strikes</span>');
  expect(page).toContain('<td data-title="Last answer">&lt;502&gt;</td>');
  expect(page).toContain('<td data-title="Average">12.3 ms</td><td data-title="95 % within">2.5 s</td>');
});

test("each minute is a bar, its failed part over it", () => {
  const page = renderStatus("shop", [make({ hour })], now);
  expect(page).toContain("<title>last hour of api-1: 50 requests, at most 40 a minute</title>");
  expect(page).toContain('<rect class="requests" x="232" y="30" width="3" height="10"/>');
  expect(page).toContain(
    '<rect class="requests" x="236" y="0" width="3" height="40"/><rect class="errors" x="236" y="30" width="3" height="10"/>',
  );
});

test("the page is for light and dark screens and for phones, and loads nothing from elsewhere", () => {
  const page = renderStatus("shop", shown, now);
  expect(page).toContain("prefers-color-scheme: dark");
  expect(page).toContain('<meta name="viewport"');
  expect(page).not.toMatch(/(?:src|href)=|url\(|@import/);
});

test("a balancer without replicas says so", () => {
  expect(renderStatus("shop", [], now)).toContain("No pool has a replica.");
});
