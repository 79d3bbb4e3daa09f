// Every command that the documentation names is taken apart and compared with what there is: scripts, options (by the
// commands' own parsers), suites, steps, labels. What needs no engine is run here: the doctor, each command's help, and the
// list of suites. The rest is run by walks through the guides on a real engine, and `where-run.ts` accounts for each.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../cli/clone-commands";
import { init } from "../../cli/commands/init";
import { findCommands, findFault } from "./support/commands";
import { drawCommandsPage } from "./support/commands-page";
import { pages, root } from "./support/pages";
import { splitCommands } from "./support/shell";
import { accounted, runners } from "./support/where-run";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const named = new Map(pages.flatMap(findCommands).map((words) => [words.join(" "), words]));

/** Runs a script of package.json without npm, which takes longer than the script. */
function run(name: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const [, ...words] = (scripts[name] ?? "").split(" ");
  return new Promise((resolve) => {
    execFile(process.execPath, [...words, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

test("the page of commands is what their table says; FLOTILLA_WRITE_DOCS=true takes a change over", async () => {
  const file = join(root, "docs/commands.md");
  const drawn = await drawCommandsPage([init, ...commands], file);
  if (process.env.FLOTILLA_WRITE_DOCS === "true") writeFileSync(file, drawn);
  expect(readFileSync(file, "utf8")).toBe(drawn);
});

describe("a command of the documentation is one that there is", () => {
  test.each([...named])("%s", (_, words) => {
    expect(findFault(words)).toBeUndefined();
  });
});

describe("what runs a command", () => {
  test("is known for every one of them, or why nothing does", () => {
    // Those of the examples are run by the examples' own suite.
    const ofGuides = pages.filter(({ path }) => !path.startsWith("examples/")).flatMap(findCommands);
    expect(accounted.toSorted()).toEqual([...new Set(ofGuides.map((words) => words.join(" ")))].sort());
  });

  test.each(runners)("%s is there", (file) => {
    expect(existsSync(join(root, file))).toBe(true);
  });
});

describe("a command that there is not is found", () => {
  test.each([
    ["npm run upp", "no script upp"],
    ["npm start", "no command npm start"],
    ["npm run up --stack prod", "--stack before --"],
    ["npm run up -- --stak prod", "no option --stak"],
    ["npm run up -- --paralell 8", "no option --paralell"],
    ["npm run up -- --policy-pack police", "no policies police"],
    ["npm run down -- --replicas api=2", "it is for up and preview"],
    ["npm run backup", "The datastore must be given"],
    ["npm run restore -- main --lates", "no option --lates"],
    ["npm run example -- shoe", "The example must be one of "],
    ["npm run prove -- cor", "The suite must be one of "],
    ["npm run bench -- nothing", "The benchmark must be one of "],
    ["npm run doctor -- --jsn", "no option --jsn"],
    ["npm install ./flotilla-9.9.9.tgz", "no package"],
    ["sh tools/sealed/setup imagine", "The step must be one of "],
    ["sh tools/sealed/setup image rediss:8", "no use for rediss:8"],
    ["pulumi stack output --secrets", "no use for --secrets"],
    ["pulumi stak", "no command pulumi stak"],
    ["docker ps --filter label=flotilla.rolle=replica", "no use for flotilla.rolle"],
    ["flotilla up", "no program flotilla"],
    ["npx flotilla prove", "There is no command prove"],
    ["npx flotilla init --nam x", "no option --nam"],
    ["npx flotila up", "no package flotila"],
  ])("%s", (command, fault) => {
    expect(findFault(splitCommands(command)[0] ?? [])).toContain(fault);
  });
});

test("a page's commands are found in blocks, behind each other, in substitutions and in sentences", () => {
  const text = [
    ..."Run `npm test`, or `FLOTILLA_SKIP_ENGINE=true npm test`.\n\n- Then\n\n  ```sh".split("\n"),
    ...[
      '  eval "$(npm run -s env)"  # once',
      "  npm ci && npm run up -- \\",
      "    --yes >log 2>&1",
      "  ```",
      "",
    ],
  ].join("\n");
  expect(findCommands({ text }).map((words) => words.join(" "))).toEqual([
    "npm run -s env",
    "eval $(…)",
    "npm ci",
    "npm run up -- --yes",
    "npm test",
    "npm test",
  ]);
});

describe("what needs no engine is run", () => {
  test("npm run doctor", async () => {
    const { text } = await run("doctor");
    expect(text).toMatch(/^(?:ok {2}|MEND) {2}Node\.js/m);
    expect(text).toMatch(/Flotilla can(?:not)? run here/);
  });

  test("npm run doctor -- --json", async () => {
    const { text } = await run("doctor", "--json");
    expect(Object.keys(JSON.parse(text) as object)).toEqual(["ok", "findings"]);
  });

  test("npm run flotilla", async () => {
    expect((await run("flotilla")).text).toContain("Usage: npm run flotilla -- <command>");
  });

  test.each(["up", "doctor", "setup"])("npm run %s -- --help", async (name) => {
    const { code, text } = await run(name, "--help");
    expect(code).toBe(0);
    expect(text).toContain(`Usage: npm run ${name} -- [`);
  });

  test("npm run prove, which refuses what is no suite", async () => {
    const { code, text } = await run("prove", "nothing");
    expect(code).toBe(2);
    expect(text).toMatch(/^The suite must be one of .*, got nothing\.\n$/);
  });
});
