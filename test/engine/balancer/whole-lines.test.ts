import { expect } from "vitest";
import { LogFormat } from "../../../components/types";
import { docker, until } from "../support/engine";
import { useBalancer, workbench } from "./support/harness";
import { workersOf } from "./support/watched";
import { proof } from "./support/proof";

const pools = { api: workbench() };
const routes = [
  { path: "/", pool: "api" },
  { path: "/away/", redirect: { to: "/" } },
];
const balancer = useBalancer({ args: { pools, routes } });

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

/** Lines about paths that start so, and the seconds that the last of them took to come. */
async function linesOf(start: string, expected: number): Promise<{ lines: string[]; seconds: number }> {
  const startedAt = performance.now();
  let lines: string[] = [];
  const read = async () => {
    lines = (await balancer().accessLog()).filter((line) => line.includes(start));
    return lines.length >= expected;
  };
  await until(`${expected} lines of ${start}`, read, 20);
  return { lines, seconds: (performance.now() - startedAt) / 1000 };
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
