// Each example from a copy of its folder, with the package as users get it.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { listExamples } from "../../../cli/bare/examples.cjs";
import { answerWithoutVolume, connect, fakeDocker, resetDocker } from "../../support/fake-docker";
import { expectGolden } from "../../support/golden";
import { record } from "../../support/recorder";
import { readYaml } from "../../support/stack-settings";
import { copyExample } from "./installed";

const stacks = ["dev", "prod"];

/** What the stack of an example would make: types and names. */
async function list(folder: string, name: string, stack: string): Promise<string[]> {
  const require = createRequire(join(folder, "package.json"));
  const engine = require("./node_modules/flotilla/dist/engine/client.js") as { connect: typeof connect };
  engine.connect = connect;
  // Programs in TypeScript are loaded as this repository's own is.
  createRequire(__filename)("../../../loader/register.cjs");
  const program = ["index.js", "index.ts"].map((file) => join(folder, file)).find(existsSync) ?? folder;
  // A program makes its resources when it is loaded, once for each stack.
  Reflect.deleteProperty(require.cache, program);
  const { resources } = await record(
    async () => {
      const loaded = require(program) as (() => Promise<unknown>) | object;
      if (typeof loaded === "function") await loaded();
    },
    { preview: true, config: readSettings(join(folder, `Pulumi.${stack}.yaml`), name) },
  );
  return resources.map((resource) => `${resource.type} ${resource.name}`).sort();
}

/** The settings as Pulumi gives them to a program; the project of a test is called flotilla. */
function readSettings(file: string, name: string): Record<string, string> {
  const { config } = readYaml(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.replace(`${name}:`, "flotilla:"),
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Tries every example with a package that was unpacked, in folders of a home that the tests have. */
export function testExamples(home: string, unpacked: string): void {
  describe.each(listExamples())("the example %s, copied elsewhere", (name) => {
    const before = process.cwd();
    afterEach(() => {
      resetDocker();
      process.chdir(before);
    });

    test("makes in dev and prod what it is to make", async () => {
      const folder = copyExample(name, join(home, "examples"), unpacked);
      process.chdir(folder);
      fakeDocker.answer = answerWithoutVolume;
      const lists: string[] = [];
      for (const stack of stacks) lists.push([`${stack}:`, ...(await list(folder, name, stack))].join("\n"));
      expectGolden(`examples/${name}.txt`, `${lists.join("\n\n")}\n`);
    });

    test("has no path that leads out of its folder", () => {
      const folder = join(home, "examples", name);
      const files = [
        "Pulumi.yaml",
        "Pulumi.dev.yaml",
        "Pulumi.prod.yaml",
        "index.js",
        "index.ts",
        "package.json",
      ];
      const texts = files
        .map((file) => join(folder, file))
        .filter(existsSync)
        .map((file) => readFileSync(file, "utf8"));
      expect(texts.filter((text) => /["' ]\.\.\//.test(text))).toEqual([]);
    });
  });
}
