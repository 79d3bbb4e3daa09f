import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Result } from "../../../ops/result";
import { findHoldings } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";

const run = promisify(execFile);
const root = resolve(__dirname, "../../..");
const stack = `clone-${process.pid}`;
let home: string;
let folder: string;
let settings: string[];
let url: string;

/** A clone of what this checkout has, with a stack of its own. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "flotilla-clone-"));
  folder = join(home, "flotilla");
  const port = await findFreePort();
  url = `http://localhost:${port}`;
  // A secret that nobody sets is generated.
  settings = [`balancer.port=${port}`, 'pools.api.secrets=["JWT_SECRET"]'];
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  for (const file of stdout.split("\0").filter((each) => each !== "")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  cpSync(join(root, "Pulumi.dev.yaml"), join(folder, `Pulumi.${stack}.yaml`));
  await git("init", "--quiet");
  writeFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  await git("add", ".");
  await git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=x");
});

afterAll(async () => {
  await npm("down").catch(() => undefined);
  rmSync(home, { recursive: true });
});

async function git(...args: string[]): Promise<string> {
  return (await run("git", args, { cwd: folder })).stdout;
}

/** The environment of a user who has set nothing. */
function environment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => !/^(?:PULUMI_|VITEST|NODE_ENV$|npm_)/.test(name));
  const inherited = names.map((name) => [name, process.env[name]]);
  return { ...Object.fromEntries(inherited), PULUMI_HOME: join(home, "pulumi") } as NodeJS.ProcessEnv;
}

/** Runs a command of this project; gives the result that it prints. */
async function npm(command: string, ...args: string[]): Promise<Result> {
  const line = ["run", "--silent", command, "--", "--json", `--stack=${stack}`, ...args];
  const { stdout } = await run("npm", line, { cwd: folder, env: environment() }).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(stdout) as Result;
}

const setAll = () => settings.map((setting) => `--set=${setting}`);

/** Runs plain pulumi after the line that the README shows. */
async function plain(command: string): Promise<string> {
  const script = `eval "$(npm run -s env)" && pulumi ${command} --stack ${stack} --non-interactive --color=never`;
  const env = { ...environment(), FLOTILLA_SET: settings.join("\n") };
  return (await run("sh", ["-c", script], { cwd: folder, env })).stdout;
}

test("up deploys the stack, prints its address, and leaves the clone as it was", async () => {
  const result = await npm("up", ...setAll());
  expect(result).toMatchObject({ ok: true, stack, outputs: { url }, errors: [] });
  expect(await ask(url)).toMatchObject({ status: 200 });
  expect(await git("status", "--porcelain")).toBe("");
});

test("the state and its passphrase are closed to others", () => {
  expect(statSync(join(folder, ".pulumi-state")).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, ".pulumi-state/passphrase")).mode & 0o777).toBe(0o600);
});

test("a scaled stack and a preview leave it too", async () => {
  const { ok, outputs } = await npm("up", ...setAll(), "--replicas=api=2");
  expect({ ok, replicas: outputs.replicas }).toMatchObject({
    ok: true,
    replicas: { api: { current: 2, initial: 1 } },
  });
  const { ok: isShown, changes } = await npm("preview", ...setAll());
  expect({ isShown, changes: Object.keys(changes).sort() }).toEqual({
    isShown: true,
    changes: ["read", "same"],
  });
  expect(await git("status", "--porcelain")).toBe("");
});

test("plain pulumi after the README's line works on the same stack, and leaves it too", async () => {
  expect(await plain("preview")).toMatch(/Resources:\n +\d+ unchanged\n/);
  expect(await plain("up --yes --skip-preview")).toMatch(/Resources:\n +\d+ unchanged\n/);
  expect(await git("status", "--porcelain")).toBe("");
});

test("a setting that nothing reads is refused, and not stored", async () => {
  const { ok, errors } = await npm("up", ...setAll(), "--set=pools.apo.port=1");
  expect(ok).toBe(false);
  expect(errors.join()).toContain(
    'FLOTILLA_SET.pools must name pools of the configuration, got "apo". Did you mean api?',
  );
  expect(await git("status", "--porcelain")).toBe("");
});

test("down removes it all, and leaves the clone as it was", async () => {
  expect(await npm("down")).toMatchObject({ ok: true, errors: [] });
  expect(await findHoldings(`flotilla/${stack}`)).toEqual({ containers: [], networks: [], volumes: [] });
  expect(await git("status", "--porcelain")).toBe("");
});
