import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { preProcessFile } from "typescript";

/** What a file imports, types too: files of this project by their paths from its folder, and packages by their names. */
export interface Imports {
  files: string[];
  packages: string[];
}

const programs = /\.(?:[cm]?ts|[cm]?js)$/;
/** Folders without programs of the project itself. */
const leftOut = ["node_modules", "dist", "docs", "examples"];

/** The imports of every program of the project, by its path. */
export function readImports(root: string): Map<string, Imports> {
  const files = readdirSync(root)
    .filter((name) => !name.startsWith(".") && !leftOut.includes(name))
    .flatMap((name) =>
      statSync(join(root, name)).isDirectory()
        ? readdirSync(join(root, name), { recursive: true, encoding: "utf8" }).map((file) =>
            posix.join(name, file.replaceAll("\\", "/")),
          )
        : [name],
    )
    .filter((file) => programs.test(file));
  const known = new Set(files);
  return new Map(
    files.map((file) => [file, sortImports(file, readFileSync(join(root, file), "utf8"), known)]),
  );
}

function sortImports(file: string, text: string, known: Set<string>): Imports {
  const named = preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const isOwn = (name: string): boolean => name.startsWith(".");
  return {
    files: named.filter(isOwn).flatMap((name) => resolveImport(posix.join(posix.dirname(file), name), known)),
    packages: named.filter((name) => !isOwn(name)),
  };
}

function resolveImport(path: string, known: Set<string>): string[] {
  const written = [path, `${path}.ts`, path.replace(/\.js$/, ".ts"), `${path}/index.ts`];
  return written.filter((each) => known.has(each)).slice(0, 1);
}
