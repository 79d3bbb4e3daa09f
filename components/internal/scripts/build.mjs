// Bundles each script into one line of JavaScript: what a command holds must not need this project's files, because
// another machine may run it.
import { buildSync } from "esbuild";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const folder = path.dirname(fileURLToPath(import.meta.url));

/** Gives the text of components/internal/scripts.ts. */
export function bundleScripts() {
  const lines = ["member", "push", "settings", "image", "leftovers", "secret"].map((name) => {
    const { outputFiles } = buildSync({
      absWorkingDir: folder,
      entryPoints: [`${name}.ts`],
      bundle: true,
      minify: true,
      platform: "node",
      target: "node20",
      format: "iife",
      globalName: "flotilla",
      write: false,
    });
    return `export const ${name}Script =\n  ${JSON.stringify(outputFiles[0].text.trim())};\n`;
  });
  return `// Made by \`npm run scripts\` from the folder scripts/. Do not edit.\n${lines.join("")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path.join(folder, "..", "scripts.ts"), bundleScripts());
}
