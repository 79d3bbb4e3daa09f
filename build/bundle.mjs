// Bundles each script into one line of JavaScript: what a command holds must not need this project's files, because
// another machine may run it.
import { buildSync } from "esbuild";
import { writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { renderTexts } from "./texts.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Gives the text of each script, by name. */
export function bundleScripts() {
  const names = [
    "acme",
    "pool",
    "push",
    "settings",
    "image",
    "leftovers",
    "line",
    "secret",
    "certificate",
    "store",
    "volume",
    "worker",
    "monitoring",
    "password",
  ];
  return Object.fromEntries(names.map((name) => [name, bundle(name)]));
}

function bundle(name) {
  const { outputFiles } = buildSync({
    absWorkingDir: path.join(root, "deploy"),
    entryPoints: [`${name}.ts`],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "iife",
    globalName: "flotilla",
    write: false,
  });
  return outputFiles[0].text.trim();
}

/** Gives the text of the code that Nginx runs. */
export function bundleNjs() {
  const { outputFiles } = buildSync({
    absWorkingDir: path.join(root, "nginx", "watch"),
    entryPoints: ["main.ts"],
    bundle: true,
    minify: true,
    platform: "neutral",
    target: "es2020",
    format: "esm",
    external: ["fs"],
    write: false,
  });
  return outputFiles[0].text.trim();
}

/** Gives the text of a program that runs in a container, by the folder that it is in. */
export function bundleProgram(name) {
  const { outputFiles } = buildSync({
    absWorkingDir: path.join(root, name),
    entryPoints: ["main.ts"],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    write: false,
  });
  return outputFiles[0].text.trim();
}

function pack(text) {
  const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  return brotliCompressSync(text, { params }).toString("base64");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Before what is bundled, which holds some of them.
  for (const [file, text] of Object.entries(renderTexts())) writeFileSync(path.join(root, file), text);
  // Packed, because each replica's command holds one: at a hundred replicas the state would be megabytes larger.
  const packed = Object.entries(bundleScripts()).map(([name, text]) => `  ${name}:\n    "${pack(text)}",\n`);
  writeFileSync(
    path.join(root, "deploy", "bundle.ts"),
    `// Made by \`npm run scripts\` from this folder. Do not edit.\nexport const scripts = {\n${packed.join("")}};\n`,
  );
  writeFileSync(
    path.join(root, "nginx", "watch", "bundle.ts"),
    `// Made by \`npm run scripts\` from this folder. Do not edit.\nexport const njsBundle =\n  ${JSON.stringify(bundleNjs())};\n`,
  );
  for (const name of ["backup", "exporter"])
    writeFileSync(
      path.join(root, name, "bundle.ts"),
      `// Made by \`npm run scripts\` from this folder. Do not edit.\nexport const ${name}Program =\n  ${JSON.stringify(bundleProgram(name))};\n`,
    );
}
