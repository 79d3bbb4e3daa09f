import { expect } from "vitest";
import { LogFormat } from "../../../components/types";
import { docker, until } from "../support/engine";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { workersOf } from "./support/watched";

const pools = { api: workbench() };
const routes = [
  { path: "/", pool: "api" },
  { path: "/away/", redirect: { to: "/" } },
];
const balancer = useBalancer({ args: { pools, routes } });

/** Lines about such paths, when there are as many as expected, and the seconds that the last of them took to come. */
async function linesOf(path: string, expected: number): Promise<{ lines: string[]; seconds: number }> {
  let lines: string[] = [];
  const read = async () => {
    lines = (await balancer().accessLog()).filter((line) => line.includes(path));
    return lines.length >= expected;
  };
  return { seconds: await until(`${expected} lines of ${path}`, read, 20), lines };
}

proof("the JSON log has one valid line for each request, whatever it holds", async () => {
  const odd = ["/json/plain", '/json/"quote"', "/json/back\\slash", "/json/%e2%98%83", "/json/a?b=%22&c='\\"];
  for (const path of odd)
    await balancer().ask({ path, headers: { "X-Request-ID": "order-1", "User-Agent": '"\\\u00e9' } });
  await balancer().askMany(100, "/json/many?status=404");
  const lines = (await linesOf("/json/", 105)).lines.map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  );
  expect(lines).toHaveLength(105);
  // Each worker writes what it has once a second, so that the lines of two are not in the order of the requests.
  const [many, others] = [true, false].map((isMany) =>
    lines.filter(({ uri }) => String(uri).startsWith("/json/many") === isMany),
  );
  expect(others?.map(({ uri }) => uri)).toEqual(odd);
  expect(others?.[0]).toMatchObject({
    request_id: "order-1",
    method: "GET",
    status: 200,
    upstream_status: "200",
  });
  expect(many).toHaveLength(100);
  for (const line of many ?? []) expect(line).toMatchObject({ status: 404, host: "127.0.0.1" });
  for (const { time, seconds, bytes, upstream } of lines) {
    expect(Date.parse(String(time))).toBeGreaterThan(Date.now() - 120_000);
    expect([typeof seconds, typeof bytes]).toEqual(["number", "number"]);
    expect(upstream).toMatch(/^[\d.]+:3001$/);
  }
  return "105 requests, 105 lines, all JSON";
});

proof(
  "questions for health are answered, one path by the balancer and one by replicas, and not logged",
  async () => {
    const answers = await balancer().askMany(40, (index) => (index % 2 === 0 ? "/healthz" : "/health"));
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
    const own = answers.filter((_, index) => index % 2 === 0);
    expect(own.map(({ text }) => text)).toEqual(Array(20).fill('{"status":"ok"}'));
    expect(own[0]?.headers["content-type"]).toBe("application/json");
    const answeredBy = answers.map(({ headers }) => headers["x-instance-id"] ?? "");
    expect(answeredBy.map((instance) => instance !== "")).toEqual(answers.map((_, index) => index % 2 === 1));
    await balancer().ask("/after-health");
    await linesOf("/after-health", 1);
    expect((await balancer().accessLog()).filter((line) => /"\/healthz?"/.test(line))).toEqual([]);
    return "40 of 40 answered, 0 lines";
  },
);

proof("a sampled log has its share of 5,000 requests, and every failure", async () => {
  await balancer().reload({ pools, routes, balancer: { accessLog: { sample: 0.1 } } });
  await balancer().askMany(5000, "/sampled/good");
  await balancer().askMany(100, "/sampled/bad?status=500");
  const { lines: bad } = await linesOf("/sampled/bad", 100);
  const { lines: good } = await linesOf("/sampled/good", 1);
  expect(bad).toHaveLength(100);
  // Five times the spread that chance has.
  expect(Math.abs(good.length - 500)).toBeLessThan(110);
  return `${good.length} of 5,000 (a tenth is asked for), 100 of 100 failures`;
});

const combined = /^[\d.]+ - - \[[^\]]+\] "GET \/combined\S* HTTP\/1\.1" 200 \d+ "[^"]*" "[^"]*"$/;

proof("the combined log is what log tools know; off is nothing", async () => {
  await balancer().reload({ pools, routes, balancer: { accessLog: { format: LogFormat.Combined } } });
  await balancer().askMany(50, "/combined");
  const { lines } = await linesOf("/combined", 50);
  expect(lines).toHaveLength(50);
  for (const line of lines) expect(line).toMatch(combined);
  await balancer().reload({ pools, routes, balancer: { accessLog: { format: LogFormat.Off } } });
  await balancer().askMany(50, "/silent");
  await balancer().reload({ pools, routes });
  await balancer().ask("/after-silence");
  await linesOf("/after-silence", 1);
  expect((await balancer().accessLog()).filter((line) => line.includes("/silent"))).toEqual([]);
  return "50 of 50 lines; off: 0 of 50";
});

/** Of every four requests one as long as Nginx takes it, one whose characters are all escaped, and two short ones. */
function pathOf(index: number, start: string): string {
  const rest = [`x=${"y".repeat(7900)}`, String.raw`x=${'"\\'.repeat(2000)}`][index % 4] ?? "x=1";
  return `${start}${index}/?${rest}`;
}

async function useFourWorkers(): Promise<void> {
  const file = "/etc/flotilla/live/nginx.conf";
  const edit = `sed -i "s/worker_processes auto;/worker_processes 4;/" ${file}`;
  await docker("exec", balancer().container, "sh", "-c", `${edit} && nginx -c ${file} -s reload`);
  await until(
    "there are four workers",
    async () => (await workersOf(balancer().container)).filter((line) => !/shutting/.test(line)).length === 4,
  );
}

async function askAll(start: string, count: number): Promise<void> {
  const answers = await balancer().askMany(count, (index) => pathOf(index, start), 64);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([302]));
}

proof("every line of the JSON log is whole, whatever many clients ask of four workers at once", async () => {
  await useFourWorkers();
  const count = 8000;
  await askAll("/away/json-", count);
  const { lines, seconds } = await linesOf("/away/json-", count);
  expect(lines).toHaveLength(count);
  const numbers = lines.map((line) => {
    const { uri, status } = JSON.parse(line) as { uri: string; status: number };
    expect(status).toBe(302);
    return Number(/^\/away\/json-(\d+)\//.exec(uri)?.[1]);
  });
  expect(new Set(numbers).size).toBe(count);
  expect(seconds).toBeLessThan(2.5);
  await balancer().ask("/at-once");
  const last = await linesOf("/at-once", 1);
  expect(last.seconds).toBeLessThan(2.5);
  return `${count} requests, ${lines.length} lines, all JSON, the last one after ${last.seconds.toFixed(1)} s`;
});

proof("every line of the combined log is whole too", async () => {
  await balancer().reload({ pools, routes, balancer: { accessLog: { format: LogFormat.Combined } } });
  await useFourWorkers();
  const count = 4000;
  await askAll("/away/combined-", count);
  const { lines } = await linesOf("/away/combined-", count);
  expect(lines).toHaveLength(count);
  const whole =
    /^[\d.]+ - - \[[^\]]+\] "GET \/away\/combined-\d+\/\S{1,3000}(?: HTTP\/1\.1)?" 302 \d+ "-" "-"$/;
  for (const line of lines) expect(line).toMatch(whole);
  return `${count} requests, ${lines.length} lines`;
});
