// Shell and JavaScript for containers: no compiler sees it, and the images that run it may have no more than BusyBox.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { beforeAll, expect, test } from "vitest";

const root = join(__dirname, "..", "..");
const makerUrl = pathToFileURL(join(root, "build", "texts.mjs")).href;
let maker: { listTextFiles: () => string[]; renderTexts: () => Record<string, string> };
let shells: string[];
let programs: string[];

beforeAll(async () => {
  maker = (await import(makerUrl)) as typeof maker;
  const files = maker.listTextFiles();
  shells = files.filter((file) => file.endsWith(".sh"));
  programs = files.filter((file) => file.endsWith(".js"));
});

function read(file: string): string {
  return readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
}

/** What a command says of a file that it finds fault with. */
function ask(command: string, args: string[], file: string): string[] {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    input: read(file),
  });
  return status === 0 ? [] : [`${file}: ${stdout}${stderr}`];
}

/** What Bash knows, and BusyBox or Dash does not, or not in the same way. */
const dialects: [string, RegExp][] = [
  ["[[ … ]]", /(?:^|[\s;!])\[\[\s/m],
  ["function name", /^\s*function\s+[\w-]+\s*(?:\(\s*\))?\s*\{/m],
  ["a list in a variable", /^\s*\w+=\(/m],
  ["<(…) or <<<", /[^\w]<\(|<<</],
  ["$'…'", /(?:^|[\s=])\$'/m],
  ["${name/…} or ${name:n}", /\$\{\w+(?:\/|:[0-9])/],
  ["echo with options", /\becho -/],
  ["source", /^\s*source\s/m],
  ["[ … == … ]", /\[ [^\]\n]* == /],
];

test("each texts.ts holds what `npm run scripts` makes now", () => {
  const made = maker.renderTexts();
  expect(Object.fromEntries(Object.keys(made).map((file) => [file, read(file)]))).toEqual(made);
});

test("every .sh can be read by a shell", () => {
  expect(shells.length).toBeGreaterThan(0);
  expect(shells.flatMap((file) => ask("sh", ["-n"], file))).toEqual([]);
});

test("no .sh says what only Bash understands, unless it says that it is for Bash", () => {
  const forAll = shells.filter((file) => !read(file).startsWith("# shellcheck shell=bash\n"));
  const found = forAll.flatMap((file) =>
    dialects.filter(([, pattern]) => pattern.test(read(file))).map(([name]) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;
test.runIf(hasShellcheck)("every .sh passes shellcheck", () => {
  expect(shells.flatMap((file) => ask("shellcheck", ["--format=gcc", file], file))).toEqual([]);
});

test("every .js can be read, and has no module of its name, in whose place it would be loaded", () => {
  for (const file of programs) expect(() => new Script(read(file)), file).not.toThrow();
  expect(programs.filter((file) => existsSync(join(root, file.replace(/\.js$/, ".ts"))))).toEqual([]);
});
