// Compose has several spellings for most things. Before files are put over each other all have one: names stand in maps, and
// paths are absolute.
import { homedir } from "node:os";
import { isAbsolute, resolve, win32 } from "node:path";
import { child, mapOf, textOf, type Tree, type TreeMap, type TreeScalar } from "./tree";

/** Texts like `A=b` that may stand in a list. */
const assigned = ["environment", "labels", "annotations", "sysctls", "extra_hosts"];
/** Names that may stand in a list. */
const named = ["networks", "depends_on"];

/** Gives a file one spelling for everything; its paths start at a folder. */
export function normalize(tree: Tree, folder: string): Tree {
  return mapEntry(
    mapEntry(
      mapEntry(tree, "services", (services) =>
        mapEach(services, (service) => normalizeService(service, folder)),
      ),
      "secrets",
      (secrets) => mapEach(secrets, (secret) => mapEntry(secret, "file", (file) => toPath(file, folder))),
    ),
    "configs",
    (configs) => mapEach(configs, (config) => mapEntry(config, "file", (file) => toPath(file, folder))),
  );
}

function normalizeService(service: Tree, folder: string): Tree {
  let result = service;
  for (const name of assigned) result = mapEntry(result, name, toAssignments);
  for (const name of named) result = mapEntry(result, name, toNames);
  result = mapEntry(result, "build", (build) => normalizeBuild(build, folder));
  result = mapEntry(result, "env_file", (files) =>
    mapItems(asList(files), (file) => {
      const entry = file.kind === "map" ? file : mapOf(file.place, [["path", file]]);
      return mapEntry(entry, "path", (path) => toPath(path, folder));
    }),
  );
  result = mapEntry(result, "volumes", (volumes) =>
    mapItems(volumes, (volume) => normalizeVolume(volume, folder)),
  );
  return mapEntry(result, "extends", (from) => {
    const entry = from.kind === "map" ? from : mapOf(from.place, [["service", from]]);
    return mapEntry(entry, "file", (file) => toPath(file, folder));
  });
}

function normalizeBuild(build: Tree, folder: string): Tree {
  const entry = build.kind === "scalar" ? mapOf(build.place, [["context", build]]) : build;
  const context = child(entry, "context") ?? { kind: "scalar", value: ".", place: entry.place };
  const whole = entry.kind === "map" ? mapOf(entry.place, [...entry.entries, ["context", context]]) : entry;
  return mapEntry(
    mapEntry(whole, "context", (path) => toPath(path, folder)),
    "args",
    toAssignments,
  );
}

/** A volume in its long form: `type`, `source`, `target`, `read_only`. */
function normalizeVolume(volume: Tree, folder: string): Tree {
  const text = textOf(volume);
  if (text === undefined) {
    if (textOf(child(volume, "type")) !== "bind") return volume;
    return mapEntry(volume, "source", (source) => toPath(source, folder));
  }
  const at = (value: string | boolean): TreeScalar => ({ kind: "scalar", value, place: volume.place });
  // A drive's letter has a colon of its own.
  const parts = text.split(/(?<!^[A-Za-z]):/);
  const [first = "", second, mode = ""] = parts;
  const isNamed = second !== undefined && /^[A-Za-z0-9][\w.-]*$/.test(first);
  const isBind = second !== undefined && !isNamed;
  const source = isBind ? toPath(at(first), folder) : at(first);
  const entries: [string, Tree][] = [
    ["type", at(isBind ? "bind" : "volume")],
    ...(second === undefined ? [] : ([["source", source]] satisfies [string, Tree][])),
    ["target", at(second ?? first)],
    ["read_only", at(mode.split(",").includes("ro"))],
  ];
  return mapOf(volume.place, entries);
}

function toPath(tree: Tree, folder: string): Tree {
  const text = textOf(tree);
  if (tree.kind !== "scalar" || text === undefined || /^(?:[a-z+]+:\/\/|git@|github\.com\/)/.test(text))
    return tree;
  const path = text.replace(/^~(?=[\\/]|$)/, homedir());
  return isAbsolute(path) || win32.isAbsolute(path)
    ? { ...tree, value: path }
    : { ...tree, value: resolve(folder, path) };
}

function toAssignments(tree: Tree): Tree {
  if (tree.kind !== "list") return tree;
  const entries = tree.items.flatMap((item): [string, Tree][] => {
    const text = textOf(item);
    if (text === undefined || item.kind !== "scalar") return [];
    const [, name = "", value] = /^([^=]+?)(?:[=](.*))?$/s.exec(text) ?? [];
    return [[name, { ...item, value: value ?? null }]];
  });
  return { ...mapOf(tree.place, entries), ...(tree.replaces === undefined ? {} : { replaces: true }) };
}

function toNames(tree: Tree): Tree {
  if (tree.kind !== "list") return tree;
  return mapOf(
    tree.place,
    tree.items.map((item): [string, Tree] => [textOf(item) ?? "", mapOf(item.place, [])]),
  );
}

/** The tree with what stands under a name changed. */
export function mapEntry(tree: Tree, name: string, change: (entry: Tree) => Tree): Tree {
  const entry = child(tree, name);
  if (tree.kind !== "map" || entry === undefined) return tree;
  const changed: TreeMap = { ...tree, entries: new Map(tree.entries) };
  // What the key's line is stays so.
  changed.entries.set(name, { ...change(entry), place: entry.place });
  return changed;
}

/** The tree with each of its entries changed. */
export function mapEach(tree: Tree, change: (entry: Tree, name: string) => Tree): Tree {
  if (tree.kind !== "map") return tree;
  return {
    ...tree,
    entries: new Map([...tree.entries].map(([name, entry]) => [name, change(entry, name)])),
  };
}

function mapItems(tree: Tree, change: (item: Tree) => Tree): Tree {
  return tree.kind === "list" ? { ...tree, items: tree.items.map(change) } : tree;
}

function asList(tree: Tree): Tree {
  return tree.kind === "list" ? tree : { kind: "list", items: [tree], place: tree.place };
}
