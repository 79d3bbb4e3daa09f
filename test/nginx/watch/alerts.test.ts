import { expect, test } from "vitest";
import { readRules, renderAlerts } from "../../../nginx/watch/alerts";

const told = JSON.stringify({
  status: "success",
  data: {
    groups: [
      { rules: [{ type: "recording", name: "pool:requests:rate", health: "ok" }] },
      {
        rules: [
          {
            type: "alerting",
            name: "DiskFull",
            state: "inactive",
            health: "ok",
            labels: { severity: "critical" },
          },
          { type: "alerting", name: "HostCpuHigh", health: "err", lastError: "no <such> figure", labels: {} },
          {
            type: "alerting",
            name: "ReplicaDown",
            state: "firing",
            health: "ok",
            labels: { severity: "warning" },
            alerts: [
              {
                state: "firing",
                activeAt: "2026-01-02T03:04:05Z",
                labels: { replica: "api-2" },
                annotations: {
                  summary: "app/api-2 gets <no> requests",
                  runbook_url: "docs/monitoring.md#replicadown",
                },
              },
            ],
          },
          {
            type: "alerting",
            name: "Deployment",
            state: "firing",
            health: "ok",
            labels: { severity: "none" },
          },
        ],
      },
    ],
  },
});

test("the alerts that fire come first, and what only marks a deployment is none", () => {
  const { alerts, recording, broken } = readRules(told);
  expect(alerts.map(({ alert, state }) => [alert, state])).toEqual([
    ["ReplicaDown", "firing"],
    ["DiskFull", "inactive"],
    ["HostCpuHigh", "inactive"],
  ]);
  expect(alerts[0]?.active).toEqual([
    {
      state: "firing",
      since: "2026-01-02T03:04:05Z",
      summary: "app/api-2 gets <no> requests",
      runbook: "docs/monitoring.md#replicadown",
      labels: { replica: "api-2" },
    },
  ]);
  expect(recording).toBe(1);
  expect(broken).toEqual([{ rule: "HostCpuHigh", error: "no <such> figure" }]);
});

test("a page shows them as text", () => {
  const page = renderAlerts("shop", readRules(told), Date.parse("2026-01-02T04:04:06Z"));
  expect(page).toContain('<td data-title="Summary">app/api-2 gets &lt;no&gt; requests</td>');
  expect(page).toContain('<span class="firing">firing</span>');
  expect(page).toContain('<span title="2026-01-02T03:04:05Z">1 h</span>');
  expect(page).toContain("HostCpuHigh: no &lt;such&gt; figure");
});
