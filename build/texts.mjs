// Shell and JavaScript for containers stands in files of its own, beside the module that uses it. Node, the bundled
// scripts and the built package get it as a module: `texts.ts` in the same folder, which is made here.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folders = ["backup", "components", "deploy", "engine", "exporter", "monitoring", "nginx"];

/** Paths of the files that become texts, relative to the project. */
export function listTextFiles() {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .map((file) => `${folder}/${file.replaceAll(path.sep, "/")}`)
      .filter((file) => /\.(?:sh|js)$/.test(file))
      .sort(),
  );
}

/** Gives what each folder's `texts.ts` shall hold, by its path. */
export function renderTexts() {
  const byFolder = {};
  for (const file of listTextFiles()) (byFolder[path.posix.dirname(file)] ??= []).push(file);
  return Object.fromEntries(
    Object.entries(byFolder).map(([folder, files]) => [`${folder}/texts.ts`, renderModule(files)]),
  );
}

function renderModule(files) {
  const head = "// Made by `npm run scripts` from the .sh and .js files of this folder. Do not edit.\n";
  return head + files.map(renderText).join("");
}

function renderText(file) {
  const name = path.posix.basename(file);
  // A checkout on Windows may have other line breaks.
  const lines = readFileSync(path.join(root, file), "utf8").split(/\r?\n/);
  // Each replica's command holds some of them: comments of their own lines are for readers alone.
  const text = lines.filter((line) => !(isShell(name) && /^\s*#(?: |$)/.test(line))).join("\n");
  return `/** The text of \`${name}\`${isShell(name) ? " without its comments" : ""}. */\nexport const ${toConstant(name)} =\n  ${JSON.stringify(text)};\n`;
}

function isShell(name) {
  return name.endsWith(".sh");
}

/** `wait-for-it.sh` becomes `waitForItSh`. */
function toConstant(name) {
  return name.replaceAll(/[-.](\w)/g, (_, letter) => letter.toUpperCase());
}
