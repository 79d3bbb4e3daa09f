import { execFile, execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Check } from "../../../cli/operator/checklist";
import type { Deployed } from "../../../cli/operator/history";
import type { PartStatus, Status } from "../../../cli/operator/report";
import { type Clone, createClone } from "../support/clone";
import { docker } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask, askForAnswer } from "../support/requests";
import { row } from "../support/rows";
import { tellTests } from "../support/tell-tests";
import { removeEverything } from "../support/workspace";

tellTests();

const run = promisify(execFile);
const stack = `release-${process.pid}`;
const label = `flotilla/${stack}`;
const image = `flotilla-test/${stack}:2`;
let clone: Clone;
let url: string;

/** The stack of a clone, and another version of its image that the engine alone has. */
beforeAll(async () => {
  execFileSync("docker", ["build", `--tag=${image}`, "-"], {
    input: "FROM node:24-slim\nENV VERSION=2\n",
    stdio: ["pipe", "ignore", "pipe"],
  });
  clone = await createClone();
  const port = await findFreePort();
  url = `http://localhost:${port}`;
  const file = join(clone.folder, `Pulumi.${stack}.yaml`);
  cpSync(join(clone.folder, "Pulumi.dev.yaml"), file);
  writeFileSync(file, readFileSync(file, "utf8").replace(/port: 8080/, `port: ${port}`));
  expect(await clone.npm("up", stack, "--replicas=api=2")).toMatchObject({ ok: true, errors: [] });
});

afterAll(async () => {
  await npm("unlock");
  await clone.npm("down", stack, "--volumes", "--yes").catch(() => undefined);
  await removeEverything(label);
  await docker("image", "rm", "--force", image);
  clone.remove();
});

async function npm(
  command: string,
  ...words: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const line = ["run", "--silent", command, "--", `--stack=${stack}`, ...words];
  return run("npm", line, { cwd: clone.folder, env: clone.environment() }).then(
    (ended) => ({ code: 0, ...ended }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

async function read<Told>(command: string, ...words: string[]): Promise<Told> {
  return JSON.parse((await npm(command, "--json", ...words)).stdout) as Told;
}

const versionNow = async () => (await askForAnswer(url)).version;
const changesOfPreview = async () => Object.keys((await clone.npm("preview", stack)).changes).sort();

test("another image is deployed without a change of a file, under load, and later runs keep it", async () => {
  const before = await versionNow();
  await row({ operation: "another image is deployed by its name", target: url }, async () => {
    expect(await clone.npm("deploy", stack, `--image=api=${image}`)).toMatchObject({ ok: true, errors: [] });
  });
  expect([before, await versionNow()]).toEqual(["1", "2"]);
  expect(await changesOfPreview()).toEqual(["read", "same"]);
  expect((await read<Status>("status")).told).toEqual({
    images: { api: { initial: "node:24-slim", current: image } },
    ...{ maintenance: [], replicas: { api: 2 } },
  });
  const wrong = await npm("deploy", "--image=apo=node:24-slim");
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain("There is no pool apo. Did you mean api?");
});

test("the way back is an update under load, and a second one goes forth again", async () => {
  const releases = async () => (await read<Deployed[]>("history")).map(({ release }) => release?.release);
  expect((await releases()).slice(0, 2)).toEqual([2, 1]);
  await row({ operation: "a stack goes back to the release before", target: url }, async () => {
    const { code, stderr } = await npm("rollback");
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`api     ${image} -> node:24-slim`);
  });
  expect(await versionNow()).toBe("1");
  expect(await releases()).toContain(3);
  expect(await changesOfPreview()).toEqual(["read", "same"]);
  expect(await npm("rollback", "9")).toMatchObject({ code: 2 });
});

test("a locked stack refuses updates of both kinds, and says who, when and why", async () => {
  expect(await npm("lock", "-m", "the database is being moved")).toMatchObject({ code: 0 });
  const { ok, errors } = await clone.npm("up", stack);
  expect({ ok, errors }).toEqual({
    ok: false,
    errors: [
      expect.stringMatching(/ is locked by .+@.+ since .+: the database is being moved\. .*unlock/) as string,
    ],
  });
  const plain = ["-c", `eval "$(npm run -s env)" && pulumi up --yes --skip-preview --stack ${stack}`];
  const refused = run("sh", plain, { cwd: clone.folder, env: clone.environment() });
  await expect(refused).rejects.toMatchObject({
    stdout: expect.stringContaining("the database is being moved. Unlock it: flotilla unlock") as string,
  });
  const preview = await clone.npm("preview", stack);
  expect(preview.ok).toBe(true);
  expect(preview.warnings.join()).toContain("Until then an update is refused.");
  expect((await npm("stop")).code).toBe(1);
  expect((await read<Status>("status")).lock).toMatchObject({ why: "the database is being moved" });
  expect((await npm("unlock")).stderr).toContain("was locked by");
});

test("under maintenance clients read when to come back, also after another run, until it is switched off", async () => {
  const on = ["on", "--message", 'Back at "noon".', "--allow", "192.0.2.0/24"];
  expect(await clone.npm("maintenance", stack, ...on)).toMatchObject({ ok: true, errors: [] });
  const answer = await fetch(url, { headers: { accept: "text/html" } });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "60"]);
  expect(await answer.text()).toContain("<h1>Back at &quot;noon&quot;.</h1>");
  expect(await ask(url)).toEqual({ status: 503, body: '{"error":"Back at \\"noon\\"."}' });
  expect(await changesOfPreview()).toEqual(["read", "same"]);
  expect((await npm("check")).stdout).toContain("✗ maintenance");
  expect(await clone.npm("maintenance", stack, "off")).toMatchObject({ ok: true, errors: [] });
  expect(await ask(url)).toMatchObject({ status: 200 });
});

test("the checklist is well, and figures tell what each replica does", async () => {
  const { ok, checks } = await read<{ ok: boolean; checks: Check[] }>("check");
  expect(checks.filter((each) => !each.ok)).toEqual([]);
  expect(ok).toBe(true);
  expect(checks.find(({ name }) => name === "front")?.text).toBe(
    `every public pool answers at ${url}/healthz`,
  );
  const { parts } = await read<{ parts: PartStatus[] }>("stats", "api");
  expect(parts.map(({ title }) => title)).toEqual(["api-1", "api-2"]);
  expect(parts[0]?.memoryBytes).toBeGreaterThan(1024 ** 2);
});
