import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type FilledPanel, type MonitorLook, readInterval, readLines } from "../../../cli/monitor/figures";
import { judge, renderMonitor, separate } from "../../../cli/monitor/page";
import { listPanels, nameLine, subjectNames } from "../../../cli/monitor/panels";
import { serveMonitor } from "../../../cli/monitor/server";
import { describeValue } from "../../../cli/monitor/units";
import { encodeQuery } from "../../../cli/operator/prometheus";
import { listDashboards, type Unit } from "../../../monitoring/dashboards";
import { expectWholePage } from "../../support/html";

const at = Date.parse("2026-11-27T10:00:00Z") / 1000;

describe("the panels", () => {
  test("are those of the dashboards, of all but the one of days", () => {
    const shown = subjectNames.flatMap((subject) => listPanels(subject, "60s"));
    const known = listDashboards("60s").filter(({ name }) => name !== "history");
    expect(shown.map(({ title }) => title).sort()).toEqual(
      known.flatMap(({ panels }) => panels.map(({ title }) => title)).sort(),
    );
  });

  test("are asked for everything: nothing is left to be chosen", () => {
    const queries = subjectNames.flatMap((subject) =>
      listPanels(subject, "60s").flatMap(({ queries }) => queries),
    );
    expect(queries.filter(({ expr }) => expr.includes("$"))).toEqual([]);
    expect(queries.map(({ expr }) => expr)).toContain('pool:requests:rate{service=~".*"}');
  });
});

test("lines are called by their labels", () => {
  expect(nameLine("{{service}}/{{pool}} p95", { service: "app", pool: "api" })).toBe("app/api p95");
  expect(nameLine("{{role}} {{service}} {{store}}", { role: "store", store: "main" })).toBe("store main");
});

test("a query goes through a shell and sed as it is", () => {
  const query = `sum(rate(x{a=~"b|c",d!='e'}[60s])) * 2 & #`;
  expect(encodeQuery(query)).toMatch(/^[\w%.~-]+$/);
  expect(decodeURIComponent(encodeQuery(query))).toBe(query);
});

describe("answers of Prometheus", () => {
  test("become lines, with gaps where nothing is known", () => {
    const values = [
      [0, "1"],
      [15, "2"],
      [60, "NaN"],
      [75, "4"],
    ];
    expect(readLines({ data: { result: [{ metric: { pool: "api" }, values }] } }, "{{pool}}")).toEqual([
      {
        name: "api",
        points: [
          [0, 1],
          [15, 2],
          [30, null],
          [60, null],
          [75, 4],
        ],
      },
    ]);
  });

  test("of one moment are lines of one point; of a failure there are none", () => {
    const value = [5, "0.25"];
    expect(readLines({ data: { result: [{ metric: {}, value }] } }, "host")).toEqual([
      { name: "host", points: [[5, 0.25]] },
    ]);
    expect(readLines(undefined, "host")).toEqual([]);
    expect(readLines({ status: "error" }, "host")).toEqual([]);
  });

  test("tell how often it looks", () => {
    expect(readInterval({ data: { yaml: "global:\n  scrape_interval: 30s\n" } })).toBe(30);
    expect(readInterval({})).toBe(15);
  });
});

test.each<[number, Unit, string]>([
  [0.1234, "percentunit", "12.3 %"],
  [12_345, "short", "12.3 k"],
  [2.5, "reqps", "2.5/s"],
  [0.0021, "s", "2.1 ms"],
  [90_000, "s", "25 h"],
  [400_000, "s", "5 d"],
  [31 * 1024 ** 2, "bytes", "31 MiB"],
  [2048, "Bps", "2 KiB/s"],
  [0, "s", "0 s"],
])("%d of %s are read as %s", (value, unit, text) => {
  expect(describeValue(value, unit)).toBe(text);
});

test("values are as good as their steps and names say", () => {
  const steps: FilledPanel["steps"] = [
    { from: 0, color: "green" },
    { from: 0.7, color: "orange" },
    { from: 0.8, color: "red" },
  ];
  const tones = [0.1, 0.7, 0.95].map((value) => judge({ steps, unit: "percentunit" }, value).tone);
  expect(tones).toEqual(["good", "middling", "bad"]);
  const names: FilledPanel["names"] = { 0: { text: "out", color: "red" } };
  expect(judge({ names, unit: "short" }, 0)).toEqual({ tone: "bad", text: "out" });
  expect(judge({ names, unit: "short" }, 1)).toEqual({ tone: "none", text: "1" });
});

test("classes that hold all shorter ones are taken apart", () => {
  const line = (name: string, value: number) => ({ name, points: [[0, value]] as [number, number][] });
  expect(separate([line("+Inf", 10), line("0.005", 4), line("0.01", 7)])).toEqual([
    { name: "≤ 5 ms", points: [[0, 4]] },
    { name: "≤ 10 ms", points: [[0, 3]] },
    { name: "more", points: [[0, 3]] },
  ]);
});

/** Every panel, with lines that are the same each time. */
function makeLook(): MonitorLook {
  const panels = subjectNames.flatMap((subject) => listPanels(subject, "60s"));
  const line = (name: string, number: number, of: number): FilledPanel["lines"][number] => ({
    name,
    points: Array.from({ length: 61 }, (_, index): [number, number | null] => [
      at - 3600 + index * 60,
      index === 20
        ? null
        : of === 1
          ? Number(index < 30 || number > 0)
          : Math.abs(Math.sin(index / 9 + number)) * of,
    ]),
  });
  return {
    ...{ stack: "shop/<dev>", at, range: "1h" },
    panels: panels.map((panel, index) => ({
      ...panel,
      lines:
        panel.kind === "heatmap"
          ? [line("0.01", 0, 3), line("0.1", 0, 5), line("+Inf", 0, 6)]
          : index % 7 === 6
            ? []
            : [0, 1].map((number) =>
                line(`app/api-${number + 1} & <more>`, number, panel.names === undefined ? 0.4 : 1),
              ),
    })),
  };
}

describe("the page", () => {
  test("of one file has all panels, and leads nowhere", () => {
    const page = renderMonitor(makeLook());
    expectWholePage(page);
    expect(page).not.toContain("http-equiv");
    expect(page).not.toContain("<a ");
    for (const { title } of makeLook().panels) expect(page).toContain(title);
  });

  test("that is served is loaded again, and leads to the others", () => {
    const page = renderMonitor(makeLook(), { subject: "hosts" });
    expectWholePage(page);
    expect(page).toContain('<meta http-equiv="refresh" content="15" />');
    expect(page).toContain('<a href="/stores?range=1h">stores</a>');
    expect(page).toContain('<a href="/hosts?range=7d">7d</a>');
  });

  test("of a Prometheus that knows nothing says so", () => {
    const page = renderMonitor({
      ...makeLook(),
      panels: makeLook().panels.map((panel) => ({ ...panel, lines: [] })),
    });
    expectWholePage(page);
    expect(page).toContain("No alert fires.");
  });
});

describe("the server", () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
    server = undefined;
  });

  const ask = (path: string, { host, method = "GET" }: { host?: string; method?: string } = {}) =>
    new Promise<{ status: number; text: string; policy: string }>((resolve, reject) => {
      const { port } = server?.address() as AddressInfo;
      const headers = host === undefined ? {} : { Host: host };
      request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          resolve({
            ...{ status: response.statusCode ?? 0, text },
            policy: String(response.headers["content-security-policy"]),
          });
        });
      })
        .on("error", reject)
        .end();
    });

  test("gives each subject's page, to this machine alone", async () => {
    server = await serveMonitor(0, (subject, range) => Promise.resolve(`${subject} ${range}`));
    expect((server.address() as AddressInfo).address).toBe("127.0.0.1");
    expect(await ask("/")).toEqual({
      ...{ status: 200, text: "services 1h" },
      policy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    });
    expect(await ask("/stores?range=24h")).toMatchObject({ status: 200, text: "stores 24h" });
    expect(await ask("/", { host: "localhost:8899" })).toMatchObject({ status: 200 });
  });

  test("refuses names of others, other methods and pages that there are not", async () => {
    server = await serveMonitor(0, () => Promise.resolve(""));
    expect(await ask("/", { host: "evil.example.com" })).toMatchObject({ status: 403 });
    expect(await ask("/", { method: "POST" })).toMatchObject({ status: 405 });
    expect(await ask("/toString")).toMatchObject({ status: 404 });
    expect(await ask("/?range=9y")).toMatchObject({ status: 404 });
  });

  test("says why there is no page", async () => {
    server = await serveMonitor(0, () =>
      Promise.reject(new Error("Prometheus of shop/dev does not answer.")),
    );
    expect(await ask("/")).toMatchObject({ status: 502, text: "Prometheus of shop/dev does not answer.\n" });
  });

  test("says which port is taken", async () => {
    server = await serveMonitor(0, () => Promise.resolve(""));
    const { port } = server.address() as AddressInfo;
    await expect(serveMonitor(port, () => Promise.resolve(""))).rejects.toThrow(
      `The port ${port} is in use. Name another one: --port ${port + 1}`,
    );
  });
});
