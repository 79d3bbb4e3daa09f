import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Result } from "../../../cli/result";
import { type Clone, createClone } from "../support/clone";
import { findHoldings } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";
import { removeEverything } from "../support/workspace";
import { tellTests } from "../support/tell-tests";

tellTests();

const run = promisify(execFile);
const stack = `example-${process.pid}`;
let clone: Clone;

/** The smallest of the examples, on a stack and a port of its own. */
beforeAll(async () => {
  clone = await createClone();
  const folder = join(clone.folder, "examples/chatbot");
  const settings = readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8");
  const port = await findFreePort();
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), settings.replace(/\bport: 8105/, `port: ${port}`));
  await run("npm", ["run", "--silent", "build"], { cwd: clone.folder, env: clone.environment() });
});

afterAll(async () => {
  await removeEverything(`chatbot/${stack}`);
  clone.remove();
});

/** Of all that is in Git, and of the stack's own file. */
async function hashFiles(): Promise<string> {
  const script =
    "find examples -type f ! -path '*/node_modules/*' ! -path '*/.pulumi-state/*' -exec cksum {} + | sort";
  return (await run("sh", ["-c", script], { cwd: clone.folder })).stdout;
}

async function example(command: string, ...options: string[]): Promise<Result> {
  const asked = [command, ...options, "--json", "--stack", stack];
  const args = ["run", "--silent", "example", "--", "chatbot", ...asked];
  const { stdout } = await run("npm", args, { cwd: clone.folder, env: clone.environment() });
  return JSON.parse(stdout) as Result;
}

test("an example is deployed by its name, and a second time nothing changes", async () => {
  const { ok, outputs } = await example("up");
  expect(ok).toBe(true);
  expect(await ask(`${String(outputs.url)}/health`)).toMatchObject({ status: 200 });
  expect(Object.keys((await example("up")).changes)).toEqual(["same"]);
});

test("numbers of replicas are kept by later runs, other settings are not, and no file of the project is changed", async () => {
  const before = await hashFiles();
  expect((await example("preview", "--replicas", "chat=2")).changes.create).toBeGreaterThan(0);
  expect(Object.keys((await example("preview")).changes)).toEqual(["same"]);
  expect(
    await example("up", "--replicas", "chat=2", "--set", "pools.chat.env.NODE_ENV=production"),
  ).toMatchObject({
    ok: true,
    outputs: { replicas: { chat: { current: 2 } } },
  });
  expect((await example("up")).outputs.replicas).toMatchObject({ chat: { current: 2 } });
  expect(Object.keys((await example("preview")).changes)).toEqual(["same"]);
  expect(await hashFiles()).toBe(before);
});

test("a pool that the example does not have is refused before anything is touched", async () => {
  const { containers } = await findHoldings(`chatbot/${stack}`);
  await expect(example("up", "--replicas", "chatt=3")).rejects.toMatchObject({
    stderr: expect.stringMatching(
      /name pools of the configuration, got "chatt"\. Did you mean chat\?/,
    ) as string,
  });
  expect((await findHoldings(`chatbot/${stack}`)).containers).toEqual(containers);
});

test("its state is beside it, and it goes as a whole", async () => {
  expect(readFileSync(join(clone.folder, "examples/chatbot/.pulumi-state/passphrase"), "utf8")).toHaveLength(
    43,
  );
  expect((await example("down")).ok).toBe(true);
  expect((await findHoldings(`chatbot/${stack}`)).containers).toEqual([]);
});
