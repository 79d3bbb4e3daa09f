import { execFile } from "node:child_process";
import { cpSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Result } from "../../../cli/result";
import { type Clone, createClone } from "../support/clone";
import { findHoldings } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask, askManyTimes } from "../support/requests";
import { removeEverything } from "../support/workspace";
import { tellTests } from "../support/tell-tests";

tellTests();

const run = promisify(execFile);
const stack = `clone-${process.pid}`;
let clone: Clone;
let folder: string;
let settings: string[];
let url: string;

/** A clone of what this checkout has, with a stack of its own. */
beforeAll(async () => {
  clone = await createClone();
  ({ folder } = clone);
  const port = await findFreePort();
  url = `http://localhost:${port}`;
  // A secret that nobody sets is generated.
  settings = [
    `balancer.port=${port}`,
    `monitoring.port=${await findFreePort()}`,
    'pools.api.secrets=["JWT_SECRET"]',
  ];
  cpSync(join(folder, "Pulumi.dev.yaml"), join(folder, `Pulumi.${stack}.yaml`));
  await git("init", "--quiet");
  writeFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
  await git("add", ".");
  await git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=x");
});

afterAll(async () => {
  await npm("down").catch(() => undefined);
  await removeEverything(`flotilla/${stack}`);
  clone.remove();
});

async function git(...args: string[]): Promise<string> {
  return (await run("git", args, { cwd: folder })).stdout;
}

function npm(command: string, ...args: string[]): Promise<Result> {
  return clone.npm(command, stack, ...args);
}

const setAll = () => settings.map((setting) => `--set=${setting}`);

/** Runs plain pulumi after the line that the README shows. */
async function plain(command: string): Promise<string> {
  const script = `eval "$(npm run -s env)" && pulumi ${command} --stack ${stack} --non-interactive --color=never`;
  const env = { ...clone.environment(), FLOTILLA_SET: settings.join("\n") };
  return (await run("sh", ["-c", script], { cwd: folder, env })).stdout;
}

test("up deploys the stack, prints its address, and leaves the clone as it was", async () => {
  const result = await npm("up", ...setAll());
  expect(result).toMatchObject({ ok: true, stack, outputs: { url }, errors: [] });
  expect(await ask(url)).toMatchObject({ status: 200, body: expect.stringMatching(/"visits":1,/) as string });
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
  // One count for both of them, because it is the datastore's.
  const counts = (await askManyTimes(url, 6)).map(({ visits }) => visits);
  expect(counts).toEqual([2, 3, 4, 5, 6, 7]);
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
    '--set pools must name pools of the configuration, got "apo". Did you mean api?',
  );
  expect(await git("status", "--porcelain")).toBe("");
});

test("down removes all but the data, and leaves the clone as it was", async () => {
  expect(await npm("down")).toMatchObject({ ok: true, errors: [] });
  const { containers, networks, volumes } = await findHoldings(`flotilla/${stack}`);
  expect({ containers, networks }).toEqual({ containers: [], networks: [] });
  expect(volumes).toContain(`flotilla-${stack}-cache`);
  expect(await git("status", "--porcelain")).toBe("");
});
