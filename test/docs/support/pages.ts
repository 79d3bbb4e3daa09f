import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The project's folder. */
export const root = join(__dirname, "..", "..", "..");

/** A page of the documentation. */
export interface Page {
  /** Path from the project's folder. */
  path: string;
  text: string;
}

/** A fenced block. */
export interface Block {
  language: string;
  text: string;
}

/** Every page that users read. */
export const pages: Page[] = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, "examples"))
    .map((name) => `examples/${name}/README.md`)
    .filter((path) => existsSync(join(root, path))),
].map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** Gives a page by its path. */
export function readPage(path: string): Page {
  const found = pages.find((page) => page.path === path);
  if (found === undefined) throw new Error(`There is no page ${path}.`);
  return found;
}

const fence = /^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm;

/** The fenced blocks, those in lists too. */
export function findBlocks({ text }: Pick<Page, "text">, language?: string): Block[] {
  return [...text.matchAll(fence)]
    .map(([, indent = "", name = "", body = ""]) => ({
      language: name,
      text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }))
    .filter((block) => language === undefined || block.language === language);
}

/** The page without its fenced blocks. */
export function readProse({ text }: Pick<Page, "text">): string {
  return text.replaceAll(fence, "");
}

/** What stands in code within sentences and tables. */
export function findInlineCode(page: Pick<Page, "text">): string[] {
  return [...readProse(page).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll(/\s+/g, " "));
}

/** The rows of tables as cells, without heads; with `head` those whose first head is this. */
export function findRows(page: Pick<Page, "text">, head?: string): string[][] {
  return [...readProse(page).matchAll(/(?:^\|.*\|\n)+/gm)].flatMap(([table]) => {
    const [heads = [], , ...rows] = table
      .trimEnd()
      .split("\n")
      .map((line) =>
        line
          .slice(1, -1)
          .split(/(?<!\\)\|/)
          .map((cell) => cell.trim()),
      );
    return head === undefined || heads[0] === head ? rows : [];
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function findAnchors(page: Pick<Page, "text">): string[] {
  const seen = new Map<string, number>();
  return [...readProse(page).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => {
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}
