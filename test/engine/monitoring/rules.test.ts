import { describe, expect, test } from "vitest";
import { listAlerts } from "../../../monitoring/rules";
import { renderYaml, type Value } from "../../../monitoring/yaml";
import { defaultSettings, settingsFiles } from "../../support/monitoring";
import { record } from "../support/rows";
import { alertCases, lookAt, type Series } from "./support/alert-cases";
import { runTool } from "./support/promtool";

/** Files as the tools look for them: beside each other. */
function beside(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settingsFiles).map(([name, text]) => [
      name,
      text.replaceAll(/"\/etc\/(?:prometheus|alertmanager|flotilla)\//g, '"'),
    ]),
  );
}

describe("the settings are what the servers take", () => {
  const extra = { password: "x", "remote-2": "x", "targets/none.json": "[]" };

  test.each(["prometheus.yml", "prometheus-remote.yml"])("%s", async (name) => {
    const { ok, text } = await runTool("prometheus", `promtool check config ${name}`, {
      ...beside(),
      ...extra,
    });
    expect(ok, text).toBe(true);
  });

  test("web.yml", async () => {
    const { ok, text } = await runTool("prometheus", "promtool check web-config web.yml", beside());
    expect(ok, text).toBe(true);
  });

  test.each(["alertmanager.yml", "alertmanager-all.yml"])("%s", async (name) => {
    const { ok, text } = await runTool("alertmanager", `amtool check-config ${name}`, settingsFiles);
    expect(ok, text).toBe(true);
  });

  test("a wrong one is noticed", async () => {
    const broken = { "rules.yml": settingsFiles["rules.yml"]?.replace("sum by (", "sum bi (") ?? "" };
    expect(await runTool("prometheus", "promtool check rules rules.yml", broken)).toMatchObject({
      ok: false,
    });
  });
});

function toInput(series: Series): Value[] {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }));
}

/** A test of promtool: with these series, the alert fires, or does not. */
function describeTest(alert: string, situation: string, series: Series, fires: boolean): Value {
  return {
    name: `${alert}: ${situation}`,
    interval: "10s",
    input_series: toInput(series),
    promql_expr_test: [
      {
        expr: `group by (alertname) (ALERTS{alertname="${alert}", alertstate="firing"})`,
        eval_time: `${lookAt}s`,
        exp_samples: fires ? [{ labels: `{alertname="${alert}"}`, value: 1 }] : [],
      },
    ],
  };
}

async function runTests(tests: Value[]): Promise<{ ok: boolean; text: string }> {
  const file = { rule_files: ["rules.yml"], evaluation_interval: "60s", tests };
  return runTool("prometheus", "promtool test rules tests.yml", {
    "rules.yml": settingsFiles["rules.yml"] ?? "",
    "tests.yml": renderYaml(file),
  });
}

describe("alerts", () => {
  const names = listAlerts(defaultSettings.thresholds).map(({ alert }) => alert);

  test("have a case each", () => {
    expect(Object.keys(alertCases).sort()).toEqual(names.sort());
  });

  test.each(Object.entries(alertCases))(
    "%s fires, and is silent",
    async (alert, { fired, alsoFired = {}, silent }) => {
      const situations = Object.entries(silent);
      const fires = Object.entries({ fires: fired, ...alsoFired });
      const startedAt = performance.now();
      const { ok, text } = await runTests([
        ...fires.map(([situation, series]) => describeTest(alert, situation, series, true)),
        ...situations.map(([situation, series]) => describeTest(alert, situation, series, false)),
      ]);
      record({
        operation: `alert ${alert} fires, and is silent`,
        ...{ requests: fires.length + situations.length, failed: ok ? 0 : 1, held: ok },
        seconds: (performance.now() - startedAt) / 1000,
        note: `fires in ${fires.length}, is silent in ${situations.length}: ${situations.map(([situation]) => situation).join(", ")}`,
      });
      expect(ok, text).toBe(true);
    },
  );

  test("are noticed where they fire and should not", async () => {
    const { fired } = alertCases.ErrorRateHigh ?? { fired: {} };
    expect((await runTests([describeTest("ErrorRateHigh", "fires", fired, false)])).ok).toBe(false);
  });

  test("say what is wrong, where, and what to do", async () => {
    const { fired } = alertCases.ErrorRateHigh ?? { fired: {} };
    const { ok, text } = await runTests([
      {
        interval: "10s",
        input_series: toInput(fired),
        alert_rule_test: [
          {
            eval_time: `${lookAt}s`,
            alertname: "ErrorRateHigh",
            exp_alerts: [
              {
                exp_labels: { service: "app", pool: "api", severity: "critical" },
                exp_annotations: {
                  summary: "2% of the requests to app/api fail.",
                  runbook_url: "docs/monitoring.md#errorratehigh",
                },
              },
            ],
          },
        ],
      },
    ]);
    expect(ok, text).toBe(true);
  });
});
