// Makes what the package has: its program, its components and its commands, the types of what others import, and the set-up.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(root, "dist");
/** The declarations that others import by name. */
const entries = ["components/index.d.ts", "index.d.ts", "policies/pack.d.ts"];

rmSync(out, { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

const needed = new Set(entries.map((entry) => path.join(out, entry)));
// A set goes on to what is added while one goes through it.
for (const file of needed) for (const imported of listImports(file)) needed.add(imported);
for (const name of readdirSync(out, { recursive: true, encoding: "utf8" })) {
  const file = path.join(out, name);
  if (/\.d\.c?ts$/.test(name) && !needed.has(file)) rmSync(file);
}

// Comments are for who reads the source, and what is there for its types alone is no program.
const { files } = JSON.parse(readFileSync(path.join(root, "tsconfig.build.json"), "utf8"));
const programs = new Set(files.map((name) => path.join(out, name.replace(/\.ts$/, ".js"))));
for (const file of programs) {
  // Node finds by name what others import as long as it is written out.
  const isImported = needed.has(file.replace(/\.js$/, ".d.ts"));
  // Commands, what renders texts, and what the components are made of, are no library that others step through.
  const isInternal =
    /[\\/](?:cli|deploy|engine|importing|monitoring|nginx|stack|components[\\/]\w+)[\\/]/.test(
      file.slice(out.length),
    );
  const options = { legalComments: "none", minifySyntax: !isImported, minifyWhitespace: isInternal };
  const { code } = transformSync(readFileSync(file, "utf8"), options);
  writeFileSync(file, code);
  for (const required of listRequired(file, code)) programs.add(required);
}
for (const name of readdirSync(out, { recursive: true, encoding: "utf8" })) {
  const file = path.join(out, name);
  const isTyped = needed.has(file.replace(/\.js$/, ".d.ts"));
  if (name.endsWith(".js") && !isTyped && !programs.has(file)) rmSync(file);
}

chmodSync(path.join(out, "cli/bin.js"), 0o755);

const setUp = path.join(out, "tools/sealed");
cpSync(path.join(root, "tools/sealed"), setUp, { recursive: true });
// What Go's modules are and their sums are half of it, and the set-up unpacks them.
for (const name of readdirSync(setUp, { recursive: true, encoding: "utf8" })) {
  const file = path.join(setUp, name);
  if (!/\bgo(?:\.work)?\.(?:sum|mod)$/.test(name)) continue;
  writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  rmSync(file);
}

/** The declarations that a declaration needs. */
function listImports(file) {
  const text = readFileSync(file, "utf8");
  const names = [...text.matchAll(/(?:from |import\()"(\.[^"]*)"/g)].map(([, name]) =>
    path.join(path.dirname(file), name),
  );
  return names.flatMap((name) => {
    const found = [`${name}.d.ts`, `${name}/index.d.ts`, name.replace(/\.cjs$/, ".d.cts")].find((each) =>
      existsSync(each),
    );
    return found === undefined ? [] : [found];
  });
}

/** The programs of the package that a program loads. */
function listRequired(file, code) {
  return [...code.matchAll(/\brequire\("(\.[^"]*)"\)/g)]
    .map(([, name]) => path.join(path.dirname(file), name))
    .flatMap((name) =>
      [name, `${name}.js`, `${name}/index.js`].filter((each) => /\.c?js$/.test(each) && existsSync(each)),
    );
}
