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

test("a preview with other numbers of replicas leaves the stack's file as it is", async () => {
  const file = join(clone.folder, `examples/chatbot/Pulumi.${stack}.yaml`);
  const before = readFileSync(file, "utf8");
  const { changes } = await example("preview", "--replicas", "chat=2");
  expect(changes.create).toBeGreaterThan(0);
  expect(readFileSync(file, "utf8")).toBe(before);
  expect(Object.keys((await example("preview")).changes)).toEqual(["same"]);
});

test("its state is beside it, and it goes as a whole", async () => {
  expect(readFileSync(join(clone.folder, "examples/chatbot/.pulumi-state/passphrase"), "utf8")).toHaveLength(
    43,
  );
  expect((await example("down")).ok).toBe(true);
  expect((await findHoldings(`chatbot/${stack}`)).containers).toEqual([]);
});
