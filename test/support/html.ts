import { expect } from "vitest";

/** Elements that have no end. */
const empty = ["meta", "rect", "line", "path"];

/** Says where a page is not well formed: a tag that is never closed, or closed before what is in it. */
export function findOpenTags(page: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  // What stands in a style is no tag.
  const text = page.replace(/<style>[^]*?<\/style>/g, "").replace(/^<!doctype html>\n/, "");
  for (const [tag, slash = "", name = "", end = ""] of text.matchAll(
    /<(\/?)([a-z]\w*)(?:\s+[\w-]+(?:="[^"<]*")?)*\s*(\/?)>/g,
  )) {
    if (slash === "/") {
      if (open.pop() !== name) faults.push(`${tag} closes something else`);
    } else if (end !== "/") open.push(name);
    else if (!empty.includes(name)) {
      // An element of SVG without content, such as a path with a title, has an end of its own.
      faults.push(`${tag} has no end`);
    }
  }
  const strays =
    text.replaceAll(/<(\/?)([a-z]\w*)(?:\s+[\w-]+(?:="[^"<]*")?)*\s*(\/?)>/g, "").match(/[<>]/g) ?? [];
  return [
    ...faults,
    ...open.map((name) => `<${name}> is not closed`),
    ...strays.map((sign) => `a stray ${sign}`),
  ];
}

/** Expects of a page of ours that it is whole: well formed, for light and dark, for phones, and of nobody else's. */
export function expectWholePage(page: string): void {
  expect(findOpenTags(page)).toEqual([]);
  expect(page).toContain("@media (prefers-color-scheme: dark)");
  expect(page).toContain('content="width=device-width, initial-scale=1"');
  expect(
    page.match(/https?:\/\/(?!localhost|127\.0\.0\.1)|\bsrc=|url\(|@import|<script|<link|javascript:/g),
  ).toBeNull();
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
}
