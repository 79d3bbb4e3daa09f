import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Result } from "../../../ops/result";
import { type Clone, createClone } from "../support/clone";
import { findHoldings } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";
import { removeEverything } from "../support/workspace";

const run = promisify(execFile);
const stack = `example-${process.pid}`;
let clone: Clone;

/** The smallest of the examples, on a stack and a port of its own. */
beforeAll(async () => {
  clone = await createClone();
  const folder = join(clone.folder, "examples/chatbot");
  const settings = readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8");
  const port = await findFreePort();
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), settings.replace(/(chatbot:port: ).*/, `$1"${port}"`));
  await run("npm", ["run", "--silent", "build"], { cwd: clone.folder, env: clone.environment() });
});

afterAll(async () => {
  await removeEverything(`chatbot/${stack}`);
  clone.remove();
});

async function example(command: string): Promise<Result> {
  const args = ["run", "--silent", "example", "--", "chatbot", command, "--json", "--stack", stack];
  const { stdout } = await run("npm", args, { cwd: clone.folder, env: clone.environment() });
  return JSON.parse(stdout) as Result;
}

test("an example is deployed by its name, and a second time nothing changes", async () => {
  const { ok, outputs } = await example("up");
  expect(ok).toBe(true);
  expect(await ask(`${String(outputs.url)}/health`)).toMatchObject({ status: 200 });
  expect((await example("up")).changes).not.toHaveProperty("create");
});

test("its state is beside it, and it goes as a whole", async () => {
  expect(readFileSync(join(clone.folder, "examples/chatbot/.pulumi-state/passphrase"), "utf8")).toHaveLength(
    43,
  );
  expect((await example("down")).ok).toBe(true);
  expect((await findHoldings(`chatbot/${stack}`)).containers).toEqual([]);
});
