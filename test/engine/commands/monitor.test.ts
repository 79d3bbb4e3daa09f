import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { MonitorLook } from "../../../cli/monitor/figures";
import { provide } from "../sealed/containers";
import { until } from "../support/engine";
import { ask } from "../support/requests";
import { tellTests } from "../support/tell-tests";
import { keepPicture } from "./pictures";
import { useCommandStack } from "./support";

tellTests();

// Before the stack, which has a Prometheus beside its two pools.
beforeAll(() => provide("prom/prometheus", "prom/alertmanager"));
const own = useCommandStack("monitor", (port) => ({
  monitoring: { port, intervalSeconds: 2, host: false, containers: false, grafana: { enabled: false } },
}));

/** The last value of each line of a panel. */
function lastOf({ panels }: MonitorLook, title: string): Record<string, number | null | undefined> {
  const lines = panels.find((panel) => panel.title === title)?.lines ?? [];
  return Object.fromEntries(lines.map(({ name, points }) => [name, points.at(-1)?.[1]]));
}

test("the panels have what Prometheus knows of pools, replicas and the balancer", async () => {
  let look: MonitorLook | undefined;
  await until(
    "Prometheus has counted",
    async () => {
      for (let times = 0; times < 20; times++) await ask(own().url);
      look = await own().read<MonitorLook>("monitor");
      return Object.values(lastOf(look, "Requests")).some((value) => (value ?? 0) > 0);
    },
    120,
  );
  expect(look?.stack).toBe(own().label);
  const filled = look?.panels.flatMap(({ title, lines }) => (lines.length > 0 ? [title] : []));
  expect(filled).toEqual(
    expect.arrayContaining([
      ...["Requests", "Failures", "Replicas that work", "Parts that are measured"],
      ...["Requests by pool", "95 of 100 requests are answered within", "Durations by pool"],
      ...["Requests by replica", "Share of a pool's requests", "Answers by class", "Connections"],
    ]),
  );
});

test("a page of it is a file for somebody else", async () => {
  const file = join(own().clone.folder, "monitor.html");
  expect((await own().npm("monitor", "--range", "15m", "--html", file)).code).toBe(0);
  expect(readFileSync(file, "utf8")).toContain("<svg");
  keepPicture("monitor", file, 900, own());
});
