import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BuildArgs } from "../../../components";
import { resetDocker } from "../../support/fake-docker";
import { enterFolder } from "../../support/folders";
import { recordService, taskOf } from "../../support/service";

let folder: string;

beforeEach(() => {
  folder = enterFolder();
  mkdirSync(join(folder, "app"));
  writeFileSync(join(folder, "app", "Dockerfile"), "FROM node:24-slim\nCOPY . /app\n");
  writeFileSync(join(folder, "app", ".dockerignore"), "notes.txt\n");
  writeFileSync(join(folder, "app", "server.js"), "one");
});

afterEach(() => {
  resetDocker();
});

async function recordBuild(build: Partial<BuildArgs> = {}) {
  const api = { build: { context: "app", ...build }, port: 3000 };
  return (await recordService({ pools: { api } })).find("app-api-image");
}

async function version(build?: Partial<BuildArgs>): Promise<unknown> {
  return (await recordBuild(build)).inputs.triggers;
}

describe("an image that is built", () => {
  test("is named by its content, and told by paths of the project alone", async () => {
    const command = await recordBuild({ target: "final", args: { VERSION: "2" } });
    const { reference, build, group } = taskOf(command);
    expect(reference).toMatch(/^flotilla\/flotilla-test-app-api-image:[0-9a-f]+$/);
    expect(group).toBe("flotilla-test-app-api-image");
    expect(build).toEqual({
      context: "app",
      dockerfile: "Dockerfile",
      target: "final",
      args: { VERSION: "2" },
    });
    expect(command.inputs.triggers).toEqual([reference, ""]);
    expect(JSON.stringify(command.inputs)).not.toContain(folder);
  });

  test("is a new version when a file, an argument or the target changes", async () => {
    const versions = [
      await version(),
      await version({ args: { A: "1" } }),
      await version({ target: "final" }),
    ];
    writeFileSync(join(folder, "app", "server.js"), "two");
    versions.push(await version());
    expect(new Set(versions.map((triggers) => JSON.stringify(triggers))).size).toBe(4);
  });

  test("is built anew without the builder's cache by each new text that asks for it", async () => {
    const plain = await recordBuild();
    expect(taskOf(plain).build).not.toHaveProperty("noCache");
    expect((await recordBuild({ noCache: "" })).inputs.triggers).toEqual(plain.inputs.triggers);
    const anew = await recordBuild({ noCache: "1" });
    expect(taskOf(anew).build).toMatchObject({ noCache: true });
    const versions = [plain.inputs, anew.inputs, (await recordBuild({ noCache: "2" })).inputs];
    expect(new Set(versions.map(({ triggers }) => JSON.stringify(triggers))).size).toBe(3);
  });

  test("is none when an ignored file changes", async () => {
    const before = await version();
    writeFileSync(join(folder, "app", "notes.txt"), "notes");
    expect(await version()).toEqual(before);
  });

  test("is not asked for at a registry", async () => {
    const api = { build: { context: "app" }, port: 3000 };
    expect((await recordService({ pools: { api } })).calls).toEqual([]);
  });
});
