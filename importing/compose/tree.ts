import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from "yaml";
import type { Fault, Place } from "../place";
import { interpolate, type Lookup } from "./interpolate";

/** A value of a file of Compose, with its place. */
export type Tree = TreeScalar | TreeMap | TreeList;

interface Placed {
  place: Place;
  /** Whether nothing is left of an earlier file's value. */
  replaces?: true;
}

/** A text, number or the like. */
export interface TreeScalar extends Placed {
  kind: "scalar";
  value: string | number | boolean | null;
  /** Variables in it that have no value. */
  unset?: string[];
}

/** Values by name. */
export interface TreeMap extends Placed {
  kind: "map";
  entries: Map<string, Tree>;
}

/** Values in an order. */
export interface TreeList extends Placed {
  kind: "list";
  items: Tree[];
}

/** Reads a file's text; what cannot be read is added to the faults. */
export function readTree(text: string, file: string, lookup: Lookup, faults: Fault[]): Tree | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const placeAt = (offset: number | undefined): Place => ({
    file,
    line: Math.max(1, lines.linePos(offset ?? 0).line),
  });
  for (const { message, pos } of document.errors)
    faults.push({
      place: placeAt(pos[0]),
      text: `This is no YAML: ${message.split(/ at line|\n/)[0] ?? message}.`,
    });
  if (document.errors.length > 0 || document.contents === null) return undefined;

  const convert = (node: Node | null | undefined, at: Place): Tree => {
    if (node?.tag === "!reset") return { kind: "scalar", value: null, place: at, replaces: true };
    if (isAlias(node)) return convert(node.resolve(document), placeAt(node.range?.[0]));
    if (isMap<Scalar, Node>(node)) {
      const place = placeAt(node.range?.[0]);
      const entries = new Map<string, Tree>();
      for (const { key, value } of node.items) {
        const name = String(key.value);
        const entry = convert(value, placeAt(key.range?.[0]));
        if (name === "<<") mergeDefaults(entries, entry);
        else entries.set(name, { ...entry, place: placeAt(key.range?.[0]) });
      }
      return { kind: "map", entries, place, ...tagOf(node) };
    }
    if (isSeq<Node>(node)) {
      const place = placeAt(node.range?.[0]);
      return { kind: "list", items: node.items.map((item) => convert(item, place)), place, ...tagOf(node) };
    }
    const place = node?.range === undefined || node.range === null ? at : placeAt(node.range[0]);
    return convertScalar(isScalar(node) ? node.value : null, place, lookup, faults, tagOf(node));
  };
  return convert(document.contents, placeAt(0));
}

function tagOf(node: Node | null | undefined): { replaces?: true } {
  return node?.tag === "!override" ? { replaces: true } : {};
}

/** YAML's `<<`: names that are not there yet. */
function mergeDefaults(entries: Map<string, Tree>, defaults: Tree): void {
  const maps = defaults.kind === "list" ? defaults.items : [defaults];
  for (const each of maps) {
    if (each.kind !== "map") continue;
    for (const [name, value] of each.entries) if (!entries.has(name)) entries.set(name, value);
  }
}

function convertScalar(
  value: unknown,
  place: Place,
  lookup: Lookup,
  faults: Fault[],
  tag: { replaces?: true },
): TreeScalar {
  if (typeof value !== "string") {
    const isKnown = typeof value === "number" || typeof value === "boolean";
    return { kind: "scalar", value: isKnown ? value : null, place, ...tag };
  }
  const { text, unset, isWrong } = interpolate(value, lookup);
  if (isWrong) {
    const remedy = "Write ${NAME} or ${NAME:-default}, and $$ for a plain dollar.";
    faults.push({ place, text: `A variable is written as Compose does not read it. ${remedy}` });
  }
  return { kind: "scalar", value: text, place, ...(unset.length === 0 ? {} : { unset }), ...tag };
}

/** The value as plain data. */
export function toPlain(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(toPlain);
  return Object.fromEntries([...tree.entries].map(([name, value]) => [name, toPlain(value)]));
}

/** The value at a path, or the nearest there is on the way. */
export function findAt(tree: Tree, path: readonly PropertyKey[]): Tree {
  const [name, ...rest] = path;
  if (name === undefined) return tree;
  const next =
    tree.kind === "map"
      ? tree.entries.get(String(name))
      : tree.kind === "list"
        ? tree.items[Number(name)]
        : undefined;
  return next === undefined ? tree : findAt(next, rest);
}

/** The value that a map has under a name. */
export function child(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.kind === "map" ? tree.entries.get(name) : undefined;
}

/** A map of these values. */
export function mapOf(place: Place, entries: Iterable<[string, Tree]>): TreeMap {
  return { kind: "map", place, entries: new Map(entries) };
}

/** The text of a scalar. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === "scalar" && tree.value !== null ? String(tree.value) : undefined;
}
