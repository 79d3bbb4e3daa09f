import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { isAbsolute, join, posix, relative, win32 } from "node:path";
import { closed, type Fields, flag, text, whole } from "../../arguments/schema-parts";
import type { Problem } from "../../arguments/problems";
import { listStaticFiles, mostStaticMiB, type StaticEntry } from "../../../deploy/static-files";
import type { StaticArgs } from "../../types";

/** Files that Nginx serves by itself. */
export const staticFiles = closed(
  {
    folder: text("be the path of a folder", /./s, "Set it relative to the project's folder, like ./public."),
    seconds: whole(0, 31_536_000).default(3600),
    immutable: flag().default(false),
    keepSeconds: whole(0, 31_536_000).optional(),
    fallback: text("be the path of a file in the folder", /^[\w.-]+(?:\/[\w.-]+)*$/).optional(),
  } satisfies Fields<StaticArgs>,
  "be an object with a folder",
  undefined,
  [
    { needs: ["folder"], find: ({ folder, fallback }) => checkFolder(folder, fallback) },
    {
      needs: ["immutable", "keepSeconds"],
      find: ({ immutable, keepSeconds = 0 }) => {
        if (immutable || keepSeconds === 0) return [];
        const rule = "be left out where immutable is not set";
        const remedy = "Files of before are served only where names never come again with another content.";
        return [{ path: ["keepSeconds"], value: keepSeconds, rule, remedy }];
      },
    },
    {
      needs: ["immutable"],
      find: ({ immutable, fallback }) => {
        if (!immutable || fallback === undefined) return [];
        const remedy =
          "Browsers would never ask for the page again: give the files that never change a route.";
        return [{ path: ["immutable"], value: true, rule: "be left out beside fallback", remedy }];
      },
    },
  ],
);

/** Where the files of a project's folder are within the balancer's configuration. */
export function nameStaticFolder(folder: string): string {
  // Named by the folder and not by the route's place: Nginx's old workers must not find another route's files.
  const name = posix.normalize(folder).replace(/\/$/, "");
  return `static/${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

function checkFolder(folder: string, fallback: unknown): Problem[] {
  const fault = (rule: string, remedy: string, value = folder): Problem[] => [
    { path: ["folder"], value, rule, remedy },
  ];
  const within = relative(process.cwd(), join(process.cwd(), folder));
  // All of the project would be too much: the stacks' files are there.
  if (isAbsolute(folder) || win32.isAbsolute(folder) || /^(?:\.\.[\\/]?)*$/.test(within))
    return fault(
      "be a folder that does not hold the project's",
      "Write it relative to the project's folder, like public or ../web/public.",
    );
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return fault("be a folder that is there", `It is looked for from ${process.cwd()}.`);
  const files = listStaticFiles(folder);
  const link = files.find(({ isLink }) => isLink);
  if (link !== undefined)
    return fault(
      "hold no symbolic links",
      "Another machine may not have what it leads to: put the file in its place.",
      `${folder}/${link.path}`,
    );
  return [...checkSize(files), ...checkFallback(files, fallback)];
}

function checkSize(files: StaticEntry[]): Problem[] {
  const path = ["folder"];
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 ** 2;
  if (files.length > 0 && total <= mostStaticMiB) return [];
  if (files.length === 0) {
    const remedy = "Those whose names start with a dot do not count.";
    return [{ path, value: 0, rule: "hold files", remedy }];
  }
  const rule = `hold at most ${mostStaticMiB} MiB`;
  const remedy = "Serve large files from a pool of their own.";
  return [{ path, value: `${Math.ceil(total)} MiB`, rule, remedy }];
}

function checkFallback(files: StaticEntry[], fallback: unknown): Problem[] {
  if (typeof fallback !== "string" || files.some(({ path }) => path === fallback)) return [];
  const rule = "name a file of the folder";
  return [{ path: ["fallback"], value: fallback, rule, remedy: "Create it." }];
}
