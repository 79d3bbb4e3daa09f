// Somebody with an application and a Dockerfile, who has nothing of this repository but the package.
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Result } from "../../../cli/result";
import { findHoldings } from "../support/engine";
import { packFlotilla, testedPackage } from "../support/outside-project";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";
import { tellTests } from "../support/tell-tests";
import { removeEverything } from "../support/workspace";

tellTests();

const run = promisify(execFile);
const name = `own-folder-${process.pid}`;
const label = `${name}/dev`;
const home = realpathSync(mkdtempSync(join(tmpdir(), "flotilla-own-")));
const folder = join(home, name);
let url: string;
let port: number;

const program = (version: string) => `const { INSTANCE_ID, GREETING } = process.env;
require("node:http").createServer((request, response) => {
  response.end(request.url === "/healthz" ? "ok" : JSON.stringify({ version: "${version}", INSTANCE_ID, GREETING }));
}).listen(4000, "0.0.0.0");
`;

beforeAll(async () => {
  mkdirSync(folder);
  const dockerfile = 'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nEXPOSE 4000\nCMD ["node", "main.js"]\n';
  const files = { Dockerfile: dockerfile, "main.js": program("1"), ".env": "GREETING=hello\n" };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  port = await findFreePort();
  url = `http://localhost:${port}`;
  await start("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", await packFlotilla());
});

afterAll(async () => {
  await flotilla("down", "--volumes").catch(() => undefined);
  const left = await removeEverything(label);
  rmSync(home, { recursive: true, force: true });
  expect(left).toEqual([]);
});

async function start(command: string, ...args: string[]): Promise<string> {
  const names = Object.keys(process.env).filter((each) => !/^(?:PULUMI_|VITEST|NODE_ENV$|npm_)/.test(each));
  const inherited = Object.fromEntries(names.map((each) => [each, process.env[each]]));
  const env = { ...inherited, PULUMI_HOME: join(home, "pulumi") };
  return (await run(command, args, { cwd: folder, env, maxBuffer: Infinity })).stdout;
}

async function flotilla(command: string, ...args: string[]): Promise<Result> {
  const printed = await start("npx", "flotilla", command, "--json", "--yes", ...args).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(typeof printed === "string" ? printed : printed.stdout) as Result;
}

async function read(): Promise<unknown> {
  const answer = await ask(url);
  if (typeof answer === "string") throw new Error(answer);
  return JSON.parse(answer.body);
}

test("init makes a project of the folder", async () => {
  await start("npx", "flotilla", "init", "--yes", "--publish", String(port));
  for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "index.js", ".dockerignore"])
    expect(existsSync(join(folder, file)), file).toBe(true);
});

test("up deploys it, and it answers through the front door", async () => {
  expect(await flotilla("up")).toMatchObject({ ok: true, outputs: { url }, errors: [] });
  expect(await read()).toEqual({ version: "1", INSTANCE_ID: "web-1", GREETING: "hello" });
  expect(existsSync(join(folder, ".pulumi-state/passphrase"))).toBe(true);
});

test("a second up changes nothing, nor does plain pulumi, and the settings are no new version", async () => {
  const file = join(folder, "Pulumi.dev.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}# A remark.\n`);
  expect(Object.keys((await flotilla("up")).changes).sort()).toEqual(["read", "same"]);
  const script = 'eval "$(npx flotilla env)" && pulumi preview --stack dev --non-interactive --color=never';
  expect(await start("sh", "-c", script)).toMatch(/Resources:\n +\d+ unchanged\n/);
});

test("it is scaled, and its status says so", async () => {
  expect(await flotilla("up", "--replicas", "web=3")).toMatchObject({ ok: true });
  expect(await start("npx", "flotilla", "status")).toContain("web-3");
});

test("a version at whose port nothing listens takes nothing over, and the next update clears up", async () => {
  const { ok, errors } = await flotilla("up", "--set", "pools.web.port=9");
  expect(ok).toBe(false);
  expect(errors.join("\n")).toContain("Traffic stays where it was");
  expect(await read()).toMatchObject({ version: "1" });
  expect(await flotilla("up")).toMatchObject({ ok: true });
});

test("what breaks a policy is told by a preview, and refused by an update", async () => {
  await start(
    "npm",
    "install",
    "--save-dev",
    "--prefer-offline",
    "--no-audit",
    testedPackage("@pulumi/policy"),
  );
  const pack = ["--policy-pack", "node_modules/flotilla/policies"];
  const shown = await start("npx", "flotilla", "preview", "--markdown", ...pack);
  expect(shown).not.toContain("refused");
  const { ok } = await flotilla("up", "--set", "balancer.limits={}", ...pack);
  expect(ok).toBe(false);
  const script = `eval "$(npx flotilla env)" && pulumi preview --stack dev --non-interactive --color=never ${pack.join(" ")}`;
  expect(await start("sh", "-c", script)).toContain("flotilla@v");
});

test("changed code is a new version", async () => {
  writeFileSync(join(folder, "main.js"), program("2"));
  expect(await flotilla("up")).toMatchObject({ ok: true });
  expect(await read()).toMatchObject({ version: "2" });
});

test("what was built before is run again by a rollback, which later runs keep", async () => {
  expect(await flotilla("rollback")).toMatchObject({ ok: true, errors: [] });
  expect(await read()).toMatchObject({ version: "1" });
  expect(Object.keys((await flotilla("up")).changes).sort()).toEqual(["read", "same"]);
  expect(await read()).toMatchObject({ version: "1" });
});

test("down removes it", async () => {
  expect(await flotilla("down")).toMatchObject({ ok: true, errors: [] });
  expect(await findHoldings(label)).toEqual({ containers: [], networks: [], volumes: [] });
});
