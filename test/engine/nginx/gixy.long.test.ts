import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderFiles } from "../../../nginx/files";
import { renderMember } from "../../../nginx/members";
import type { Balancer } from "../../../nginx/model";
import { renderNginx } from "../../../nginx/render";
import { findRows, readPage } from "../../docs/support/pages";
import { balancers, minimalBalancer, toMember } from "../../support/balancers";

const run = promisify(execFile);
/** The checker, from the registry of Python's packages. */
const checker = "gixy-ng==0.2.59";

const folder = mkdtempSync(join(tmpdir(), "flotilla-gixy-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeAll(async () => {
  await run("python3", ["-m", "venv", folder]);
  await run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", checker]);
});

/** Names of what the checker remarks. */
async function check(name: string, balancer: Balancer, settings = renderNginx(balancer)): Promise<string[]> {
  const members = balancer.upstreams.flatMap((upstream) =>
    ["members", "uncounted"].map((each): [string, string] => [
      `${each}/${upstream.name}.conf`,
      renderMember(toMember("api-1"), upstream),
    ]),
  );
  const files = {
    "nginx.conf": settings,
    ...renderFiles(balancer),
    ...Object.fromEntries(members),
    "generation.conf": 'return 200 "0";',
    "names.conf": "172.18.0.3:3000 api-1;",
  };
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const { stdout } = await run(join(folder, "bin/gixy"), [
    "--format=json",
    join(folder, name, "nginx.conf"),
  ]).catch((error: unknown) => error as { stdout: string });
  return (JSON.parse(stdout) as { plugin: string }[]).map(({ plugin }) => plugin);
}

test("each remark on the settings of a balancer has its answer, and each answer its remark", async () => {
  const found = await Promise.all(Object.entries(balancers).map(([name, each]) => check(name, each)));
  const answers = findRows(readPage("SECURITY.md"), "remark").map(([remark = ""]) =>
    remark.replaceAll("`", ""),
  );
  expect([...new Set(found.flat())].sort()).toEqual(answers.sort());
});

test("the checker sees a fault that is put in", async () => {
  const faulty = renderNginx(minimalBalancer).replace(
    "location / {",
    "location / {\n      return 301 https://$host$uri;",
  );
  expect(await check("faulty", minimalBalancer, faulty)).toContain("http_splitting");
});
