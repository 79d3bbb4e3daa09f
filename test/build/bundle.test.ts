import { createRequire, isBuiltin } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { scripts } from "../../deploy/bundle";
import type { FunctionName, ScriptName } from "../../deploy/tasks";
import { backupProgram } from "../../backup/bundle";
import { exporterProgram } from "../../exporter/bundle";
import { njsBundle } from "../../nginx/watch/bundle";

const folder = join(__dirname, "..", "..", "build");

/** The functions that commands call, by script. */
const functions: { [Script in ScriptName]: Record<FunctionName<Script>, true> } = {
  acme: { awaitCertificate: true },
  line: { makeLine: true },
  password: { makePassword: true },
  pool: { join: true, leave: true },
  push: { push: true },
  settings: { checkSettings: true },
  image: { provideImage: true },
  leftovers: { removeLeftovers: true, nothing: true, rememberNetworks: true },
  secret: { generateSecret: true, makeSecret: true },
  certificate: { makeCertificate: true },
  store: { openStore: true, awaitServer: true, leaveStore: true, makePasswords: true },
  volume: { giveToWriters: true },
  worker: { prove: true, sweep: true },
  monitoring: { writeTargets: true, openGrafana: true },
};

/** What a script's text makes, and the modules it asks for, without running any of its functions. */
function load(script: string): { made: Record<string, unknown>; modules: string[] } {
  const modules: string[] = [];
  const requireModule = createRequire(__filename);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const define = new Function("require", `${script};return flotilla`) as (
    require: (module: string) => unknown,
  ) => Record<string, unknown>;
  const made = define((module) => {
    modules.push(module);
    return requireModule(module);
  });
  return { made, modules };
}

/** A script's text. */
function unpack(packed: string): string {
  return brotliDecompressSync(Buffer.from(packed, "base64")).toString("utf8");
}

test("deploy/bundle.ts holds what `npm run scripts` makes now", async () => {
  const url = pathToFileURL(join(folder, "bundle.mjs")).href;
  const { bundleScripts } = (await import(url)) as { bundleScripts: () => Record<string, string> };
  const held = Object.entries(scripts).map(([name, packed]) => [name, unpack(packed)]);
  // Compared unpacked: another version of Node may pack the same text otherwise.
  expect(Object.fromEntries(held)).toEqual(bundleScripts());
});

test("nginx/watch/bundle.ts holds what `npm run scripts` makes now", async () => {
  const url = pathToFileURL(join(folder, "bundle.mjs")).href;
  const { bundleNjs } = (await import(url)) as { bundleNjs: () => string };
  expect(njsBundle).toBe(bundleNjs());
});

test.each([
  ["backup", backupProgram],
  ["exporter", exporterProgram],
])("%s/bundle.ts holds what `npm run scripts` makes now", async (name, held) => {
  const url = pathToFileURL(join(folder, "bundle.mjs")).href;
  const { bundleProgram } = (await import(url)) as { bundleProgram: (name: string) => string };
  expect(held).toBe(bundleProgram(name));
});

describe.each(Object.entries(functions))("%s", (name, expected) => {
  const packed = scripts[name as ScriptName];
  const script = unpack(packed);

  test("has the functions that commands call", () => {
    const { made } = load(script);
    expect(Object.keys(made).sort()).toEqual(expect.arrayContaining(Object.keys(expected).sort()));
    expect(Object.keys(expected).filter((key) => typeof made[key] !== "function")).toEqual([]);
  });

  test("fits in an environment", () => {
    // Windows takes 32,767 characters in one variable; in all of them together, only of programs that speak no Unicode.
    expect(Buffer.byteLength(packed)).toBeLessThan(24 * 1024);
  });

  test("asks for nothing but what Node brings", () => {
    const { modules } = load(script);
    expect(modules.length).toBeGreaterThan(0);
    expect(modules.filter((module) => !isBuiltin(module))).toEqual([]);
  });

  test("holds no path of this machine", () => {
    const own = [process.cwd(), homedir(), process.execPath, "node_modules", "file://", "sourceMappingURL"];
    expect(own.filter((text) => script.includes(text))).toEqual([]);
  });
});
