import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { adaptToPackage } from "../../cli/call";
import { provideProgram } from "../../cli/own-folder";
import { makeFolder } from "../support/folders";

const needed = ["flotilla", "@pulumi/pulumi", "@pulumi/docker"];

function install(folder: string, names: string[]): void {
  for (const name of names) {
    mkdirSync(join(folder, "node_modules", name), { recursive: true });
    writeFileSync(join(folder, "node_modules", name, "package.json"), "{}");
  }
}

/** A folder with these files, and what is run in it; an installation brings these packages. */
function makeProject(files: string[], brings = needed) {
  const folder = makeFolder();
  for (const file of files) writeFileSync(join(folder, file), "{}");
  const commands: string[] = [];
  const provide = (isToRun = true) =>
    provideProgram(folder, isToRun, (command, args) => {
      commands.push([command, ...args].join(" "));
      install(folder, brings);
      return Promise.resolve({ code: 0, text: "" });
    });
  return { folder, commands, provide };
}

describe("the folder of a user", () => {
  test("has to be a project", async () => {
    const { provide } = makeProject([]);
    await expect(provide()).rejects.toThrow("Run npx flotilla init in the folder of your application");
  });

  test.each([
    ["npm", []],
    ["pnpm", ["pnpm-lock.yaml"]],
    ["yarn", ["yarn.lock"]],
  ])("gets its packages once, by %s", async (manager, files) => {
    const { commands, provide } = makeProject(["Pulumi.yaml", "package.json", ...files]);
    await provide();
    await provide();
    expect(commands).toEqual([`${manager} install`]);
  });

  test("is told of packages that an installation does not bring", async () => {
    const { provide } = makeProject(["Pulumi.yaml", "package.json"], ["flotilla"]);
    await expect(provide()).rejects.toThrow("@pulumi/pulumi, @pulumi/docker cannot be installed");
  });

  test("needs none where no program runs, and none in another language", async () => {
    const own = makeProject(["Pulumi.yaml", "package.json"]);
    await own.provide(false);
    const python = makeProject(["Pulumi.yaml"]);
    await python.provide();
    expect([...own.commands, ...python.commands]).toEqual([]);
  });
});

test.each([
  ["npm run up", "npx flotilla up"],
  ["npm run up -- --replicas api=3", "npx flotilla up --replicas api=3"],
  ["npm run flotilla -- --help", "npx flotilla --help"],
  ["npm run up -- --policy-pack policies", "npx flotilla up --policy-pack node_modules/flotilla/policies"],
  ["npm run failover-test -- api", "npx flotilla failover-test api"],
  ["npm run flotilla -- <command> [options]", "npx flotilla <command> [options]"],
  ['eval "$(npm run -s env)"', 'eval "$(npx flotilla env)"'],
  ["from then on, pulumi up is as npm run up", "from then on, pulumi up is as npx flotilla up"],
])("in the package, %s is %s", (call, expected) => {
  expect(adaptToPackage(call)).toBe(expected);
});
