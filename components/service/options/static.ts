import { statSync } from "node:fs";
import { isAbsolute, join, relative, win32 } from "node:path";
import { asRecord, type Problem } from "../../arguments/problems";
import { listStaticFiles, mostStaticMiB, type StaticEntry } from "../../../deploy/static-files";

/** Finds what is wrong with the folder of a route, in data whose own shape may be wrong too. */
export function checkStatic(route: (string | number)[], fields: Record<string, unknown>): Problem[] {
  const settings = asRecord(fields.static);
  if (settings === undefined) return [];
  return [
    ...checkRoutePath(route, fields),
    ...(typeof settings.folder === "string" ? checkFolder(route, settings.folder, settings.fallback) : []),
    ...checkImmutable(route, settings),
  ];
}

function checkRoutePath(
  route: (string | number)[],
  { path = "/", match = "prefix" }: Record<string, unknown>,
): Problem[] {
  if (match === "prefix" && (typeof path !== "string" || path.endsWith("/"))) return [];
  const rule = "be the start of a path and end with / where static is set";
  const remedy = "What follows it is the path of a file in the folder.";
  return [{ path: [...route, "path"], value: path, rule, remedy }];
}

function checkFolder(route: (string | number)[], folder: string, fallback: unknown): Problem[] {
  const path = [...route, "static", "folder"];
  const fault = (rule: string, remedy: string, value = folder): Problem[] => [{ path, value, rule, remedy }];
  const within = relative(process.cwd(), join(process.cwd(), folder));
  // All of the project would be too much: the stacks' files are there.
  if (isAbsolute(folder) || win32.isAbsolute(folder) || /^(?:\.\.(?:[\\/]|$)|$)/.test(within))
    return fault("be a folder in the project's folder", "Write it relative to that folder, like public.");
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
  return [...checkSize(path, files), ...checkFallback(route, files, fallback)];
}

function checkSize(path: (string | number)[], files: StaticEntry[]): Problem[] {
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

function checkFallback(route: (string | number)[], files: StaticEntry[], fallback: unknown): Problem[] {
  if (typeof fallback !== "string" || files.some(({ path }) => path === fallback)) return [];
  const rule = "name a file of the folder";
  return [{ path: [...route, "static", "fallback"], value: fallback, rule, remedy: "Create it." }];
}

function checkImmutable(
  route: (string | number)[],
  { immutable, fallback }: Record<string, unknown>,
): Problem[] {
  if (immutable !== true || fallback === undefined) return [];
  const remedy = "Browsers would never ask for the page again: give the files that never change a route.";
  return [
    { path: [...route, "static", "immutable"], value: true, rule: "be left out beside fallback", remedy },
  ];
}
