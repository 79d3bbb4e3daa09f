import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { packTar, type TarEntry } from "./tar";

/** Something in a folder whose files Nginx serves. */
export interface StaticEntry {
  /** Path within the folder, with slashes. */
  path: string;
  bytes: number;
  isLink: boolean;
}

/** The most that the files of one folder may have in all. */
export const mostStaticMiB = 64;

/** Lists a folder's files, always in the same order; what starts with a dot is nobody's business but `.well-known`. */
export function listStaticFiles(folder: string, below = ""): StaticEntry[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") || (below === "" && name === ".well-known"))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): StaticEntry[] => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return listStaticFiles(folder, path);
      if (!entry.isFile() && !entry.isSymbolicLink()) return [];
      const { size: bytes = 0 } = statSync(join(folder, path), { throwIfNoEntry: false }) ?? {};
      return [{ path, bytes, isLink: entry.isSymbolicLink() }];
    });
}

/** Stands for what a folder's files are called and hold: equal on every machine and in every checkout. */
export function hashStaticFiles(folder: string): string {
  // A folder that is not there is a problem that is told elsewhere.
  if (!existsSync(folder)) return "";
  return hashOf(readStaticFiles(folder));
}

interface StaticFile {
  path: string;
  content: Buffer;
}

function readStaticFiles(folder: string): StaticFile[] {
  return listStaticFiles(folder)
    .filter(({ isLink }) => !isLink)
    .map(({ path }) => ({ path, content: readFileSync(join(folder, path)) }));
}

function hashOf(files: StaticFile[]): string {
  const hash = createHash("sha256");
  for (const { path, content } of files)
    hash
      .update(JSON.stringify([path, content.length]))
      .update("\n")
      .update(content);
  return hash.digest("hex").slice(0, 16);
}

/** A folder's files as a tar archive below a path, closed by an empty file whose name says that all is there. */
export function packStaticFiles(folder: string, hash: string, below: string): Buffer | undefined {
  const files = readStaticFiles(folder);
  if (hashOf(files) !== hash) return undefined;
  const folders = new Set(files.flatMap(({ path }) => listParents(path)));
  return packTar([
    ...["", ...folders].map((path): TarEntry => ({ path: `${below}/${path}` })),
    ...files.map(({ path, content }): TarEntry => ({
      path: `${below}/${path}`,
      content,
      seconds: contentTime(content),
    })),
    { path: `${below}.complete`, content: Buffer.alloc(0) },
  ]);
}

function listParents(path: string): string[] {
  const folders = path.split("/").slice(0, -1);
  return folders.map((_, index) => `${folders.slice(0, index + 1).join("/")}/`);
}

/**
 * A time that follows from the content. Nginx tells a browser's copy from a newer file by size and time: this way a
 * file stays the same in another checkout, and becomes another one when as much of it is changed as is left.
 */
function contentTime(content: Buffer): number {
  return 1_000_000_000 + (createHash("sha256").update(content).digest().readUInt32BE() >>> 3);
}
