import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import images from "../../../tools/sealed/images.cjs";
import { findAnchors, findInlineCode, type Page, pages, readProse, root } from "./pages";

/** Folders of the project that pages may name; others are the reader's own. */
const folders = readdirSync(root).filter(
  (name) =>
    !["node_modules", "dist", ".git", ".pulumi-state"].includes(name) &&
    statSync(join(root, name)).isDirectory(),
);

/** Names of images, which look like paths, and what a command that the page names makes. */
const names = [...(images as { name: string }[]).map(({ name }) => name), "docs/api/"];

/** Links of a page that lead nowhere: to a page, a file or a heading that there is not. */
export function findBrokenLinks(page: Page): string[] {
  const targets = [...readProse(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => {
    if (/^https?:/.test(target)) return false;
    const [file = "", anchor] = target.split("#");
    const path = file === "" ? page.path : posix.join(dirname(page.path), file);
    if (!existsSync(join(root, path))) return true;
    const found = path === page.path ? page : pages.find((each) => each.path === path);
    return anchor !== undefined && (found === undefined || !findAnchors(found).includes(anchor));
  });
}

/** Paths of the project that a page names and that there are not. */
export function findMissingPaths(page: Pick<Page, "text">): string[] {
  return findInlineCode(page)
    .filter((code) => /^[\w.@-]+(?:\/[\w.@-]+)*\/?$/.test(code) && code.includes("/"))
    .filter(
      (code) =>
        folders.includes(code.split("/")[0] ?? "") && !names.includes(code) && !existsSync(join(root, code)),
    );
}

const programs = ["components", "engine", "deploy", "stack", "cli", "nginx", "config.ts"]
  .flatMap((name) => {
    const path = join(root, name);
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: "utf8" }).map((file) => join(path, file));
  })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n")
  .replaceAll('\\"', '"');

/** Parts of a message that no program says; what stands for values, `…`, parts it. */
export function findUnsaid(message: string): string[] {
  return message
    .split("…")
    .map((part) =>
      part
        .replace(/^ *must /, "")
        .replace(/,? got "?$/, "")
        .trim(),
    )
    .filter((part) => part.length > 4 && !programs.includes(part));
}

/** Whether a setting's last name is one that a component or a stack's file has; a stack's file names texts by `…File`. */
export function isSetting(code: string): boolean {
  const name = code.split(".").at(-1) ?? "";
  return new RegExp(`\\b${name.replace(/File$/, "(?:File)?")}\\b`).test(programs);
}
