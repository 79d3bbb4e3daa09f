import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Result } from "../../../cli/result";
import { type Clone, createClone } from "../support/clone";
import { docker, findHoldings, findReplica, findRunning } from "../support/engine";
import { findFreePort } from "../support/ports";
import { start } from "../support/processes";
import { ask } from "../support/requests";
import { demoPool } from "../support/settings";
import { removeEverything } from "../support/workspace";

const run = promisify(execFile);
/** A project of this run: what a stack of Flotilla has on this engine is nobody's to remove. */
const project = `sc-keeps-${process.pid}`;
/** The stack that is taken down, and one that nobody touches. */
const stacks = ["one", "two"] as const;
type Stack = (typeof stacks)[number];
const generated = ["passwords of cache", "SEAL_KEY"];
const keyOfBackups = "the key of cache's backups";
const ports = {} as Record<Stack, number>;
let clone: Clone;
/** Generated secrets of each stack, from its first deployment. */
let first: Record<Stack, string>;

const labelOf = (stack: Stack) => `${project}/${stack}`;
const volumeOf = (stack: Stack) => `${project}-${stack}-cache`;

beforeAll(async () => {
  clone = await createClone();
  const file = join(clone.folder, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^name: .*/, `name: ${project}`));
  for (const stack of stacks) {
    ports[stack] = await findFreePort();
    const api = demoPool({
      files: { "/app/server.js": "test/engine/commands/sealing-app.js" },
      replicas: { initial: 1, max: 3 },
      ...{ secrets: ["SEAL_KEY"], stores: { REDIS_URL: "cache" } },
    });
    const config = {
      [`${project}:pools`]: { api },
      [`${project}:balancer`]: { port: ports[stack] },
      [`${project}:datastores`]: {
        cache: { engine: "redis", backup: { schedule: "0 0 1 1 *", encrypt: true, verify: false } },
      },
    };
    writeFileSync(join(clone.folder, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
  }
  await up("one", "--replicas=api=2");
  await up("two");
  for (const stack of stacks) expect(await get(stack, `/seal?text=kept-by-${stack}`)).toBe("+OK");
  first = { one: await readSecrets("one"), two: await readSecrets("two") };
});

afterAll(async () => {
  for (const stack of stacks) {
    await clone.npm("down", stack, "--volumes", "--yes").catch(() => undefined);
    await removeEverything(labelOf(stack));
  }
  clone.remove();
});

async function up(stack: Stack, ...args: string[]): Promise<Result> {
  const result = await clone.npm("up", stack, ...args);
  expect(result).toMatchObject({ ok: true, errors: [] });
  return result;
}

async function get(stack: Stack, path: string): Promise<string> {
  const answer = await ask(`http://localhost:${ports[stack]}${path}`);
  return typeof answer === "string" ? answer : answer.body;
}

/** Generated secrets, as the application has them. */
async function readSecrets(stack: Stack): Promise<string> {
  const replica = await findReplica(labelOf(stack), "api-1");
  return docker("exec", replica, "printenv", "SEAL_KEY", "REDIS_URL");
}

function countReplicas(stack: Stack): Promise<number> {
  return findRunning(labelOf(stack), "flotilla.pool=api").then(({ length }) => length);
}

async function expectNothingRuns(stack: Stack): Promise<void> {
  expect(await findHoldings(labelOf(stack))).toMatchObject({ containers: [], networks: [] });
}

/** The stack goes on as if it had never been down. */
async function expectAsBefore(): Promise<void> {
  expect(await get("one", "/open")).toBe("kept-by-one");
  expect(await countReplicas("one")).toBe(2);
  expect(await readSecrets("one")).toBe(first.one);
  const { changes } = await up("one");
  expect(Object.keys(changes).filter((kind) => kind !== "read")).toEqual(["same"]);
}

/** Runs plain pulumi after the line that the README shows. */
async function plain(command: string): Promise<string> {
  const script = `eval "$(npm run -s env)" && pulumi ${command} --non-interactive --color=never`;
  return (await run("sh", ["-c", script], { cwd: clone.folder, env: clone.environment() })).stdout;
}

test("down and up: sealed data are read, with the same password and as many replicas", async () => {
  expect(await clone.npm("down", "one")).toMatchObject({
    ...{ ok: true, errors: [], left: [], replicas: { api: 2 } },
    volumes: { kept: [volumeOf("one")], removed: [] },
    secrets: { kept: expect.arrayContaining([...generated, keyOfBackups]) as string[], removed: [] },
  });
  await expectNothingRuns("one");
  expect(await clone.npm("down", "one")).toMatchObject({ ok: true, replicas: { api: 2 } });
  await up("one");
  await expectAsBefore();
});

test("a down that is killed is ended by the next one, and loses nothing", async () => {
  const line = ["run", "--silent", "down", "--", "--yes", "--stack=one"];
  const down = start("npm", line, clone.folder, clone.environment());
  await down.seen(/: gone\n/);
  await down.kill("too");
  expect(await clone.npm("down", "one")).toMatchObject({ ok: true, errors: [] });
  await expectNothingRuns("one");
  await up("one");
  await expectAsBefore();
});

test("plain pulumi destroy keeps it too when it is told what; without that the next up warns", async () => {
  const patterns = ["**::secret-*", "**-secret", "**-passwords", "**-password", "**-backup-key"];
  await plain(
    `destroy --stack one --yes --skip-preview ${patterns.map((each) => `--exclude '${each}'`).join(" ")}`,
  );
  await expectNothingRuns("one");
  await up("one");
  await expectAsBefore();

  await plain("destroy --stack one --yes --skip-preview");
  const { warnings } = await clone.npm("preview", "one");
  expect(warnings.join()).toContain(
    `There are data of an earlier deployment in ${volumeOf("one")}, but this state is new, and so is what is generated: SEAL_KEY`,
  );
});

test("down --volumes: all is new but what reads backups, and the other stack has what it had", async () => {
  await up("one", "--replicas=api=2");
  const before = await readSecrets("one");
  const key = await plain("stack output stores --stack one --show-secrets");
  await clone.npm("backup", "one", "cache");
  const refused = await clone.npm("down", "one", "--volumes");
  expect(refused.errors.join()).toMatch(/add --yes[^]*what was generated: .*SEAL_KEY/);
  expect(await countReplicas("one")).toBe(2);

  expect(await clone.npm("down", "one", "--volumes", "--yes")).toMatchObject({
    ...{ ok: true, errors: [] },
    volumes: { kept: [], removed: [volumeOf("one")] },
    secrets: { kept: [keyOfBackups], removed: expect.arrayContaining(generated) as string[] },
  });
  const { volumes } = await findHoldings(labelOf("one"));
  expect(volumes).toEqual([`${volumeOf("one")}-backups`]);
  const { warnings } = await up("one");
  expect(warnings.join()).not.toContain("earlier deployment");
  expect(await get("one", "/sealed")).toBe("$-1");
  const [sealKey, url] = (await readSecrets("one")).split("\n");
  for (const secret of [sealKey, url]) expect(before).not.toContain(secret);
  const readKey = (text: string) => /"backupKey": *"([^"]+)"/.exec(text)?.[1];
  expect(readKey(await plain("stack output stores --stack one --show-secrets"))).toBe(readKey(key));
  expect(await clone.npm("restore", "one", "cache", "--yes")).toMatchObject({ ok: true });
  expect(await get("one", "/sealed")).not.toBe("$-1");

  expect(await readSecrets("two")).toBe(first.two);
  expect(await get("two", "/open")).toBe("kept-by-two");
});
