import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseEnvFile } from "../../stack/env-file";
import type { Fault, Place } from "../place";
import type { Lookup } from "./interpolate";
import { mergeTrees } from "./merge";
import { mapEach, mapEntry, normalize } from "./normalize";
import { child, readTree, textOf, type Tree } from "./tree";

/** Names under which Compose looks for a project, and for what goes over it. */
const usualNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/** A project that is to be read. */
export interface ComposeSource {
  /** Files in their order; those of the folder with Compose's names when there are none. */
  files: string[];
  /** Folder that is looked into when no files are named. */
  folder: string;
  /** Files of variables; `.env` beside the first file when there are none. */
  envFiles: string[];
  /** Variables that count before those of the files. */
  environment: NodeJS.ProcessEnv;
}

/** The files of a project as one, without variables, `extends` and `include`. */
export interface Loaded {
  tree: Tree;
  /** Folder of the first file. */
  folder: string;
  /** Absolute paths of the files that were read. */
  files: string[];
  lookup: Lookup;
}

/** Reads the files of a project and puts them over each other; what cannot be read is added to the faults. */
export function loadCompose(source: ComposeSource, faults: Fault[]): Loaded | undefined {
  const files = (source.files.length > 0 ? source.files : findUsual(source.folder)).map((file) =>
    resolve(source.folder, file),
  );
  const [first] = files;
  if (first === undefined) {
    const text = `There is no ${usualNames.join(", ")} in this folder. Name the file.`;
    faults.push({ place: { file: source.folder, line: 1 }, text });
    return undefined;
  }
  const folder = dirname(first);
  const loader = new Loader(makeLookup(source, folder, faults), faults);
  const trees = files.flatMap((file) => loader.load(file, folder) ?? []);
  const [tree, ...others] = trees;
  if (tree === undefined || trees.length < files.length) return undefined;
  return {
    tree: others.reduce((base, over) => mergeTrees(base, over), tree),
    folder,
    files: loader.files,
    lookup: loader.lookup,
  };
}

function findUsual(folder: string): string[] {
  const name = usualNames.find((each) => existsSync(join(folder, each)));
  if (name === undefined) return [];
  const [, stem = "", end = ""] = /^(.*)(\.ya?ml)$/.exec(name) ?? [];
  const over = [`${stem}.override${end}`, `${stem}.override.${end === ".yml" ? "yaml" : "yml"}`];
  return [name, ...over.filter((each) => existsSync(join(folder, each))).slice(0, 1)];
}

function makeLookup({ envFiles, environment, folder: from }: ComposeSource, folder: string, faults: Fault[]) {
  const usual = join(folder, ".env");
  const files =
    envFiles.length > 0 ? envFiles.map((file) => resolve(from, file)) : existsSync(usual) ? [usual] : [];
  const values = new Map<string, string>();
  for (const file of files) {
    const text = readText(file, { file, line: 1 }, faults);
    for (const [name, value] of Object.entries(parseEnvFile(text ?? "").values)) values.set(name, value);
  }
  return (name: string): string | undefined => environment[name] ?? values.get(name);
}

/** The text of a file; that there is none is a fault of the place that names it. */
function readText(file: string, place: Place, faults: Fault[]): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    faults.push({ place, text: `${basename(file)} cannot be read. Create it, or correct its path.` });
    return undefined;
  }
}

class Loader {
  readonly files: string[] = [];

  constructor(
    readonly lookup: Lookup,
    private readonly faults: Fault[],
  ) {}

  /** A file with what it includes and extends. */
  load(
    file: string,
    folder: string,
    place: Place = { file, line: 1 },
    trail: string[] = [],
  ): Tree | undefined {
    if (trail.includes(file)) {
      this.faults.push({ place, text: `${basename(file)} includes itself. Remove one of the two.` });
      return undefined;
    }
    const text = readText(file, place, this.faults);
    if (text === undefined) return undefined;
    if (!this.files.includes(file)) this.files.push(file);
    const read = readTree(text, file, this.lookup, this.faults);
    if (read === undefined) return undefined;
    if (read.kind !== "map") {
      this.faults.push({ place: read.place, text: "The file must be an object with services." });
      return undefined;
    }
    const own = this.extend(normalize(read, folder), file, [...trail, file]);
    return this.include(own, folder, [...trail, file]);
  }

  private include(tree: Tree, folder: string, trail: string[]): Tree {
    const list = child(tree, "include");
    if (list?.kind !== "list") return tree;
    const others = list.items.flatMap((item) => {
      const paths = child(item, "path") ?? item;
      const parts = (paths.kind === "list" ? paths.items : [paths]).flatMap((path) => {
        const name = textOf(path);
        if (name === undefined) return [];
        const file = resolve(folder, name);
        const at = textOf(child(item, "project_directory"));
        return (
          this.load(file, at === undefined ? dirname(file) : resolve(folder, at), path.place, trail) ?? []
        );
      });
      return parts.length === 0 ? [] : [parts.reduce((base, over) => mergeTrees(base, over))];
    });
    return [...others, tree].reduce((base, over) => mergeTrees(base, over));
  }

  /** The file with each of its services put over what it extends. */
  private extend(tree: Tree, file: string, trail: string[]): Tree {
    const services = child(tree, "services");
    const resolved = new Map<string, Tree>();
    const complete = (service: Tree, name: string, seen: string[]): Tree => {
      const from = child(service, "extends");
      if (from === undefined || service.kind !== "map") return service;
      const own = service;
      const base = textOf(child(from, "service")) ?? "";
      const other = textOf(child(from, "file"));
      if (other !== undefined && other !== file) {
        const loaded = this.load(other, dirname(other), from.place, trail);
        return this.put(own, child(child(loaded, "services"), base), base, from.place);
      }
      if (seen.includes(base)) {
        this.faults.push({ place: from.place, text: `${name} extends itself. Remove one of the two.` });
        return own;
      }
      const found = child(services, base);
      return this.put(own, found && complete(found, base, [...seen, base]), base, from.place);
    };
    return mapEntry(tree, "services", (all) =>
      mapEach(all, (service, name) => {
        const whole = resolved.get(name) ?? complete(service, name, [name]);
        resolved.set(name, whole);
        return whole;
      }),
    );
  }

  private put(own: Tree, base: Tree | undefined, name: string, place: Place): Tree {
    if (base !== undefined) return mergeTrees(base, own);
    this.faults.push({ place, text: `There is no service ${name} to extend. Correct its name.` });
    return own;
  }
}
