import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFreePort } from "../support/ports";
import { start } from "../support/processes";
import { row, record } from "../support/rows";
import { toRun } from "../support/pulumi-run";
import { makeEnvironment, quiet, removeEverything, unattended } from "../support/workspace";
import { withLanguages } from "./support/languages";

const root = resolve(__dirname, "../../..");

describe("the example in YAML", () => {
  const home = mkdtempSync(join(tmpdir(), "flotilla-yaml-"));
  const folder = join(home, "yaml");
  const state = join(home, "state");
  const env = withLanguages(makeEnvironment(state));
  const stack = `yaml-${process.pid}`;
  const pulumi = async (...args: string[]) => {
    const run = toRun(await start("pulumi", [...args, ...quiet], folder, env).ended);
    if (!run.ok) throw new Error(`pulumi ${args.join(" ")} failed:\n${run.text}`);
    return run;
  };
  const up = () => pulumi("up", `--stack=${stack}`, ...unattended);
  const configure = (key: string, value: string) => pulumi("config", "set", key, value, `--stack=${stack}`);
  let url = "";

  beforeAll(async () => {
    mkdirSync(state);
    cpSync(join(root, "examples/yaml"), folder, { recursive: true });
    const file = join(folder, "Pulumi.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("path: ../..", `path: ${root}`));
    // The plugin is what a build makes of this checkout.
    const built = await start("npm", ["run", "build"], root, process.env).ended;
    if (built.code !== 0) throw new Error(built.text);
    await pulumi("stack", "init", stack);
    const port = await findFreePort();
    url = `http://127.0.0.1:${port}`;
    await configure("port", String(port));
  });
  afterAll(async () => {
    await pulumi("destroy", `--stack=${stack}`, ...unattended);
    const left = await removeEverything(`flotilla-yaml/${stack}`);
    rmSync(home, { recursive: true, force: true });
    expect(left).toEqual([]);
  });

  test("is deployed and updated, and loses no request", async () => {
    const first = await up();
    const operation = "YAML: first deployment";
    record({ operation, requests: 0, failed: 0, seconds: first.seconds, held: first.ok });
    const answer = await fetch(url);
    expect(await answer.json()).toMatchObject({ version: "v1", store: true });

    const again = await pulumi("preview", `--stack=${stack}`);
    expect(again.changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });

    // The load's client counts answers of this application alone.
    cpSync(join(root, "apps/demo/server.js"), join(folder, "server.js"));
    await configure("version", "v2");
    await up();
    await configure("version", "v3");
    const { report } = await row({ operation: "YAML: new version", target: url }, up);
    expect(Object.keys(report.versions).sort()).toEqual(["v2", "v3"]);
  });

  test("is told what is wrong, by the name of the property", async () => {
    await configure("replicas", "0");
    await expect(up()).rejects.toThrow(/pools\.api\.replicas.*must/s);
    await configure("replicas", "2");
  });
});
