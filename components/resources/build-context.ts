import { createHash, type Hash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { BuildArgs } from "../types";
import { createRunError } from "./run-error";
import { parseDockerignore, type IgnoreRules, type Verdict } from "./dockerignore";

/** How an image is built, with everything but the stage filled in. */
export type Build = Required<Omit<BuildArgs, "target">> & Pick<BuildArgs, "target">;

const hashLength = 16;
const chunkBytes = 1024 * 1024;

interface Listing {
  readonly root: string;
  readonly rules: IgnoreRules;
  /** Path of the ignore file that is in force. */
  readonly ignoreFile: string;
  readonly entries: ContextEntry[];
}

interface ContextEntry {
  readonly path: string;
  readonly isLink: boolean;
}

/**
 * Identifies what a build would be made of: 16 hexadecimal characters that are equal on every machine and in every
 * checkout, and change with a file that Docker would send, the Dockerfile, the target, a build argument or the text that
 * asks for a build without cache.
 */
export function hashBuildContext(folder: string, options: Omit<Build, "context">): string {
  const { dockerfile } = options;
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const hash = createHash("sha256");
  addRecord(hash, "dockerfile", hashFile(path.resolve(folder, dockerfile), buffer));
  addRecord(hash, "target", options.target ?? "");
  for (const [name, value] of sortByKey(Object.entries(options.args), ([name]) => name)) {
    addRecord(hash, "argument", name, value);
  }
  if (options.noCache) addRecord(hash, "no cache", options.noCache);
  for (const entry of listContext(folder, dockerfile)) {
    refuseState(folder, entry);
    const file = path.join(folder, entry.path);
    if (entry.isLink) addRecord(hash, "link", entry.path, toSlashes(fs.readlinkSync(file)));
    // Permission bits stay out: a checkout on Windows has none, and would look like another version.
    else addRecord(hash, "file", entry.path, hashFile(file, buffer));
  }
  return hash.digest("hex").slice(0, hashLength);
}

/** Whoever has the image would have the key of all secrets, and each deployment would be a reason for the next. */
function refuseState(folder: string, entry: ContextEntry): void {
  if (/(?:^|\/)\.pulumi-state\/passphrase$/.test(entry.path))
    throw createRunError(
      `The image of ${folder} would hold ${entry.path}, which encrypts the secrets of the state. Add .pulumi-state to the .dockerignore of that folder.`,
    );
}

function listContext(folder: string, dockerfile: string): ContextEntry[] {
  const specific = `${dockerfile}.dockerignore`;
  const ignoreName = fs.existsSync(path.resolve(folder, specific)) ? specific : ".dockerignore";
  const ignoreFile = path.resolve(folder, ignoreName);
  const text = fs.existsSync(ignoreFile) ? fs.readFileSync(ignoreFile, "utf8") : "";
  const listing: Listing = {
    root: folder,
    rules: parseDockerignore(text, ignoreName),
    ignoreFile,
    entries: [],
  };
  listFolder(listing, "", undefined);
  return sortByKey(listing.entries, (entry) => entry.path);
}

// Folders themselves are no entries: an empty one does not survive a checkout.
function listFolder(listing: Listing, folder: string, parent: Verdict | undefined): void {
  for (const child of fs.readdirSync(path.join(listing.root, folder), { withFileTypes: true })) {
    const childPath = folder === "" ? child.name : `${folder}/${child.name}`;
    const verdict = listing.rules.judge(childPath, parent);
    if (child.isDirectory()) {
      if (!verdict.excluded || listing.rules.mayIncludeBelow(childPath))
        listFolder(listing, childPath, verdict);
    } else if (!verdict.excluded && (child.isFile() || child.isSymbolicLink())) {
      // The rules count by what they leave out: rewording them is no new version.
      if (path.resolve(listing.root, childPath) === listing.ignoreFile) continue;
      listing.entries.push({ path: childPath, isLink: child.isSymbolicLink() });
    }
  }
}

function hashFile(file: string, buffer: Buffer): string {
  const hash = createHash("sha256");
  const descriptor = fs.openSync(file, "r");
  try {
    let bytes: number;
    while ((bytes = fs.readSync(descriptor, buffer)) > 0) hash.update(buffer.subarray(0, bytes));
  } finally {
    fs.closeSync(descriptor);
  }
  return hash.digest("hex");
}

// JSON keeps the fields apart whatever they contain.
function addRecord(hash: Hash, ...fields: string[]): void {
  hash.update(`${JSON.stringify(fields)}\n`);
}

// By code unit, never by locale: the order must be the same on every machine.
function sortByKey<T>(items: T[], key: (item: T) => string): T[] {
  return items.sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

function toSlashes(target: string): string {
  return path.sep === "\\" ? target.replaceAll("\\", "/") : target;
}
