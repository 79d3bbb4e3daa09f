import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Check } from "../../../cli/operator/checklist";
import type { Deployed } from "../../../cli/operator/history";
import type { PartStatus, Status } from "../../../cli/operator/report";
import { docker } from "../support/engine";
import { ask, askForAnswer } from "../support/requests";
import { row } from "../support/rows";
import { tellTests } from "../support/tell-tests";
import { useCommandStack } from "./support";

tellTests();

const run = promisify(execFile);
const image = `flotilla-test/release-${process.pid}:2`;

/** Another version of the stack's image, which the engine alone has. */
beforeAll(() => {
  execFileSync("docker", ["build", `--tag=${image}`, "-"], {
    input: "FROM node:24-slim\nENV VERSION=2\n",
    stdio: ["pipe", "ignore", "pipe"],
  });
});
afterAll(() => docker("image", "rm", "--force", image));
const own = useCommandStack("release");
// What is locked is not taken down.
afterAll(() => own().npm("unlock"));

const versionNow = async () => (await askForAnswer(own().url)).version;
const changesOfPreview = async () =>
  Object.keys((await own().clone.npm("preview", own().stack)).changes).sort();

test("another image is deployed without a change of a file, under load, and later runs keep it", async () => {
  const before = await versionNow();
  await row({ operation: "another image is deployed by its name", target: own().url }, async () => {
    expect(await own().clone.npm("deploy", own().stack, `--image=api=${image}`)).toMatchObject({
      ok: true,
      errors: [],
    });
  });
  expect([before, await versionNow()]).toEqual(["1", "2"]);
  expect(await changesOfPreview()).toEqual(["read", "same"]);
  expect((await own().read<Status>("status")).told).toEqual({
    images: { api: { initial: "node:24-slim", current: image } },
    ...{ maintenance: [], replicas: { api: 2 } },
  });
  const wrong = await own().npm("deploy", "--image=apo=node:24-slim");
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain("There is no pool apo. Did you mean api?");
});

test("the way back is an update under load, and a second one goes forth again", async () => {
  const releases = async () =>
    (await own().read<Deployed[]>("history")).map(({ release }) => release?.release);
  expect((await releases()).slice(0, 2)).toEqual([2, 1]);
  await row({ operation: "a stack goes back to the release before", target: own().url }, async () => {
    const { code, stderr } = await own().npm("rollback");
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`api     ${image} -> node:24-slim`);
  });
  expect(await versionNow()).toBe("1");
  expect(await releases()).toContain(3);
  expect(await changesOfPreview()).toEqual(["read", "same"]);
  expect(await own().npm("rollback", "9")).toMatchObject({ code: 2 });
});

test("a locked stack refuses updates of both kinds, and says who, when and why", async () => {
  expect(await own().npm("lock", "-m", "the database is being moved")).toMatchObject({ code: 0 });
  const { ok, errors } = await own().clone.npm("up", own().stack);
  expect({ ok, errors }).toEqual({
    ok: false,
    errors: [
      expect.stringMatching(/ is locked by .+@.+ since .+: the database is being moved\. .*unlock/) as string,
    ],
  });
  const plain = ["-c", `eval "$(npm run -s env)" && pulumi up --yes --skip-preview --stack ${own().stack}`];
  const refused = run("sh", plain, { cwd: own().clone.folder, env: own().clone.environment() });
  await expect(refused).rejects.toMatchObject({
    stdout: expect.stringContaining("the database is being moved. Unlock it: flotilla unlock") as string,
  });
  const preview = await own().clone.npm("preview", own().stack);
  expect(preview.ok).toBe(true);
  expect(preview.warnings.join()).toContain("Until then an update is refused.");
  expect((await own().npm("stop")).code).toBe(1);
  expect((await own().read<Status>("status")).lock).toMatchObject({ why: "the database is being moved" });
  expect((await own().npm("unlock")).stderr).toContain("was locked by");
});

test("under maintenance clients read when to come back, also after another run, until it is switched off", async () => {
  const on = ["on", "--message", 'Back at "noon".', "--allow", "192.0.2.0/24"];
  expect(await own().clone.npm("maintenance", own().stack, ...on)).toMatchObject({ ok: true, errors: [] });
  const answer = await fetch(own().url, { headers: { accept: "text/html" } });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "60"]);
  expect(await answer.text()).toContain("<h1>Back at &quot;noon&quot;.</h1>");
  expect(await ask(own().url)).toEqual({ status: 503, body: '{"error":"Back at \\"noon\\"."}' });
  expect(await changesOfPreview()).toEqual(["read", "same"]);
  expect((await own().npm("check")).stdout).toContain("✗ maintenance");
  expect(await own().clone.npm("maintenance", own().stack, "off")).toMatchObject({ ok: true, errors: [] });
  expect(await ask(own().url)).toMatchObject({ status: 200 });
});

test("the checklist is well, and figures tell what each replica does", async () => {
  const { ok, checks } = await own().read<{ ok: boolean; checks: Check[] }>("check");
  expect(checks.filter((each) => !each.ok)).toEqual([]);
  expect(ok).toBe(true);
  expect(checks.find(({ name }) => name === "front")?.text).toBe(
    `every public pool answers at ${own().url}/healthz`,
  );
  const { parts } = await own().read<{ parts: PartStatus[] }>("stats", "api");
  expect(parts.map(({ title }) => title)).toEqual(["api-1", "api-2"]);
  expect(parts[0]?.memoryBytes).toBeGreaterThan(1024 ** 2);
});
