import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../../engine/client";
import { history } from "../../../monitoring/dashboards/history";
import { availability } from "../../../monitoring/rules/availability";
import { pools } from "../../../monitoring/rules/pools";
import { renderYaml } from "../../../monitoring/yaml";
import { defaultSettings } from "../../support/monitoring";
import { docker, until } from "../support/engine";
import { record } from "../support/rows";

const day = 86_400;
const days = 90;
const step = 600;
/** A whole day in UTC, at which Grafana puts the squares of its panel. */
const end = Math.floor(Date.now() / 1000 / day) * day;
const start = end - days * day;
const container = `flotilla-history-${process.pid}`;
const volume = container;

/** What happened on a day, counted from the first: how many of 1,000 requests failed, and how long no replica worked. */
const failedOf1000 = (number: number): number => (number % 10 === 3 ? 20 : 1);
const hoursDown = (number: number): number => (number === 30 ? 6 : 0);

/** 90 days as the balancer's metrics would have been. */
function renderFigures(): string {
  const labels = 'job="balancer",service="app",balancer="balancer",pool="api"';
  const counts = { "2xx": 0, "5xx": 0 };
  const lines: Record<string, string[]> = { "2xx": [], "5xx": [], up: [] };
  for (let time = start - day; time <= end; time += step) {
    const number = Math.floor((time - 1 - start) / day);
    counts["5xx"] += failedOf1000(number);
    counts["2xx"] += 1000 - failedOf1000(number);
    const sinceMidnight = (time - start) % day;
    const isUp = sinceMidnight === 0 || sinceMidnight > hoursDown(number) * 3600;
    for (const status of ["2xx", "5xx"] as const)
      lines[status]?.push(
        `flotilla_requests_total{${labels},replica="api-1",class="${status}"} ${counts[status]} ${time}`,
      );
    lines.up?.push(`flotilla_replica_up{${labels},replica="api-1"} ${isUp ? 1 : 0} ${time}`);
  }
  return [
    "# TYPE flotilla_requests counter",
    ...(lines["2xx"] ?? []),
    ...(lines["5xx"] ?? []),
    "# TYPE flotilla_replica_up gauge",
    ...(lines.up ?? []),
    "# EOF",
    "",
  ].join("\n");
}

const every = [pools, availability].flatMap(({ recordings }) => recordings("1200s"));
/** Rules of the history, and what they are made of: each needs those before it. */
const passes = [
  ["pool:error:ratio_1d", "pool:replicas_up:count"],
  ["pool:success:ratio_1d", "pool:available:bool"],
  ["pool:available:ratio_1d"],
].map((names) => every.filter(({ record: name }) => names.includes(name)));

/** Runs a script with Prometheus' tools on the data. */
async function useTools(script: string, input = ""): Promise<void> {
  const { code, stdout, stderr } = await connect().attempt(
    [
      ...["run", "--rm", "-i", "--user=0", `--volume=${volume}:/prometheus`, "--entrypoint=sh"],
      ...[...network(), defaultSettings.prometheus.image, "-ec", script],
    ],
    { input },
  );
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
}

/** Where the tools reach the server, once there is one. */
let isRunning = false;
const network = (): string[] => [isRunning ? `--network=container:${container}` : "--network=none"];

/** Starts Prometheus on the data with limits. The figures are further apart than those of a stack. */
async function startPrometheus(...limits: string[]): Promise<void> {
  await docker(
    ...["run", "--detach", "--user=0", `--name=${container}`, `--volume=${volume}:/prometheus`],
    ...["--label=flotilla.test=history", "--entrypoint=sh", defaultSettings.prometheus.image, "-ec"],
    `echo 'global: {}' > /tmp/p.yml; exec /bin/prometheus --config.file=/tmp/p.yml --storage.tsdb.path=/prometheus --query.lookback-delta=20m ${limits.join(" ")}`,
  );
  isRunning = true;
  await until("Prometheus is ready", async () => (await get("/-/ready")) !== undefined, 120);
}

async function stopPrometheus(): Promise<void> {
  isRunning = false;
  await docker("rm", "--force", "--volumes", container);
}

async function get(path: string): Promise<string | undefined> {
  const address = `http://127.0.0.1:9090${path}`;
  const { code, stdout } = await connect().attempt(["exec", container, "wget", "-q", "-O", "-", address]);
  return code === 0 ? stdout : undefined;
}

type Values = [time: number, value: string][];

/** One value a day, as the panel asks for it. */
async function ask(expression: string): Promise<Values> {
  const parameters = new URLSearchParams({
    query: expression.replaceAll(/\$[a-z]+/g, ".*"),
    ...{ start: String(start + day), end: String(end), step: "1d" },
  });
  const text = (await get(`/api/v1/query_range?${parameters.toString()}`)) ?? "{}";
  const { data } = JSON.parse(text) as { data: { result: { values: Values }[] } };
  expect(data.result).toHaveLength(1);
  return data.result[0]?.values ?? [];
}

async function sizeOfData(): Promise<number> {
  const text = await docker("exec", container, "sh", "-c", "du -sk /prometheus | cut -f1");
  return Number(text) * 1024;
}

async function oldestDay(): Promise<number> {
  const text = (await get("/api/v1/query?query=prometheus_tsdb_lowest_timestamp_seconds")) ?? "";
  const status = (await get("/metrics")) ?? text;
  return Number(/^prometheus_tsdb_lowest_timestamp_seconds (\S+)$/m.exec(status)?.[1]);
}

beforeAll(async () => {
  await docker("volume", "create", "--label=flotilla.test=history", volume);
  const create = "/bin/promtool tsdb create-blocks-from --max-block-duration=24h";
  await useTools(
    `cat > /tmp/figures; ${create} openmetrics /tmp/figures /prometheus > /tmp/log 2>&1 || { tail -5 /tmp/log; exit 1; }`,
    renderFigures(),
  );
  for (const rules of passes) {
    await startPrometheus("--storage.tsdb.retention.time=100d");
    const file = renderYaml({
      groups: [{ name: "history", rules: rules.map(({ record: name, expr }) => ({ record: name, expr })) }],
    });
    const span = `--start=${start} --end=${end} --eval-interval=${step}s --url=http://127.0.0.1:9090`;
    await useTools(
      `cat > /tmp/rules.yml; ${create} rules ${span} --output-dir=/prometheus /tmp/rules.yml > /tmp/log 2>&1 || { tail -5 /tmp/log; exit 1; }`,
      file,
    );
    await stopPrometheus();
  }
});
afterAll(async () => {
  await connect().attempt(["rm", "--force", "--volumes", container]);
  await connect().attempt(["volume", "rm", "--force", volume]);
});

const expected: Record<string, (number: number) => number> = {
  "Requests answered well, by day": (number) => 1 - failedOf1000(number) / 1000,
  "Time with a replica that works, by day": (number) => 1 - hoursDown(number) / 24,
};

test.each(Object.entries(expected))("%s, for 90 days", async (title, expectedOf) => {
  if (!isRunning) await startPrometheus("--storage.tsdb.retention.time=100d");
  const panel = history.panels.find((each) => each.title === title);
  const values = await ask(panel?.queries[0]?.expr ?? "");
  const wrong = values.filter(
    ([time, value]) => Math.abs(Number(value) - expectedOf((time - start) / day - 1)) > 0.001,
  );
  record({
    operation: `${title}, for 90 days (days, wrong)`,
    ...{ requests: values.length, failed: wrong.length, seconds: 0 },
    held: values.length === days && wrong.length === 0,
    note: `${new Set(values.map(([, value]) => Number(value).toFixed(3))).size} different values`,
  });
  expect(values).toHaveLength(days);
  expect(wrong).toEqual([]);
});

test("what is older than the retention is removed", async () => {
  if (isRunning) await stopPrometheus();
  await startPrometheus("--storage.tsdb.retention.time=30d");
  const age = await until(
    "the old days are gone",
    async () => Date.now() / 1000 - (await oldestDay()) < 32 * day,
    120,
  ).then(async () => (Date.now() / 1000 - (await oldestDay())) / day);
  record({
    operation: "retention of 30 days: what is older is removed (days, too old)",
    ...{ requests: 90, failed: 0, seconds: 0, held: age < 32 },
    note: `the oldest value is ${age.toFixed(1)} days old`,
  });
  expect(age).toBeGreaterThan(29);
});

test("what is more than the size is removed, the oldest first", async () => {
  const before = await sizeOfData();
  await stopPrometheus();
  const limit = 1;
  await startPrometheus("--storage.tsdb.retention.time=100d", `--storage.tsdb.retention.size=${limit}MB`);
  await until("it is small", async () => (await sizeOfBlocks()) <= limit * 1024 * 1024, 120);
  const after = await sizeOfBlocks();
  record({
    operation: `retention of ${limit} MB: what is more is removed`,
    ...{ requests: 1, failed: 0, seconds: 0, held: true },
    note: `from ${before} to ${after} bytes`,
  });
  expect(after).toBeGreaterThan(0);
});

async function sizeOfBlocks(): Promise<number> {
  const text = (await get("/metrics")) ?? "";
  return Number(/^prometheus_tsdb_storage_blocks_bytes (\S+)$/m.exec(text)?.[1]);
}
