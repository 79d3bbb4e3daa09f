import { child, textOf, toPlain, type Tree } from "./tree";

/** Settings of which the later one stands alone. */
const replaced = ["command", "entrypoint", "test"];

/** Puts what a later file says over an earlier one, by Compose's rules. */
export function mergeTrees(base: Tree, over: Tree, name = ""): Tree {
  if (over.replaces === true || base.kind !== over.kind || base.kind === "scalar") return over;
  if (base.kind === "list" && over.kind === "list") {
    if (replaced.includes(name)) return over;
    const keys = new Set(over.items.map(keyOf));
    return { ...over, items: [...base.items.filter((item) => !keys.has(keyOf(item))), ...over.items] };
  }
  if (base.kind !== "map" || over.kind !== "map") return over;
  const entries = new Map(base.entries);
  for (const [key, value] of over.entries) {
    const before = entries.get(key);
    if (value.replaces === true && isEmpty(value)) entries.delete(key);
    else entries.set(key, before === undefined ? value : mergeTrees(before, value, key));
  }
  return { ...over, entries };
}

function isEmpty(tree: Tree): boolean {
  if (tree.kind === "scalar") return tree.value === null;
  return tree.kind === "list" ? tree.items.length === 0 : tree.entries.size === 0;
}

/** The part by which two items of a list are the same: a mount's place in the container, or all of it. */
function keyOf(item: Tree): string {
  return textOf(child(item, "target")) ?? JSON.stringify(toPlain(item));
}
