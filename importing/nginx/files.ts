import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import type { Fault } from "../place";
import { type Directive, readDirectives } from "./tokens";

/** The files of this machine that a container sees. */
export interface View {
  /** Path in the container, and on this machine. */
  mounts: { target: string; source: string }[];
  /** Values that templates of Nginx's image are filled with. */
  environment: Record<string, string>;
}

/** Where a path of a container is on this machine; undefined where the image or a volume has it. */
export function findOnHost({ mounts }: View, path: string): string | undefined {
  const [nearest] = mounts
    .filter(({ target }) => path === target || path.startsWith(`${target.replace(/\/$/, "")}/`))
    .sort((a, b) => b.target.length - a.target.length);
  if (nearest === undefined) return undefined;
  const found = join(nearest.source, path.slice(nearest.target.length));
  return existsSync(found) ? found : undefined;
}

const home = "/etc/nginx";
const templates = "/etc/nginx/templates";

/** A file of Nginx with all that it includes. */
export interface NginxFiles {
  directives: Directive[];
  /** Files that were read. */
  files: string[];
  /** Includes that lead to no file of this machine. */
  missing: Directive[];
}

/** Reads the settings that a container of Nginx has; undefined where all of them are its image's. */
export function readNginx(view: View, faults: Fault[]): NginxFiles | undefined {
  const result: NginxFiles = { directives: [], files: [], missing: [] };
  const main = findOnHost(view, `${home}/nginx.conf`);
  if (main !== undefined) {
    result.directives = readFile(main, view, result, faults);
    return result;
  }
  // The image's own file includes these.
  const directives = expand(`${home}/conf.d/*.conf`, view).flatMap((file) =>
    readFile(file, view, result, faults),
  );
  if (result.files.length === 0) return undefined;
  const [{ place } = { place: { file: result.files[0] ?? "", line: 1 } }] = directives;
  result.directives = [{ name: "http", args: [], place, block: directives }];
  return result;
}

/** Reads a file that is named, which may be one that another includes. */
export function readNginxFile(file: string, view: View, faults: Fault[]): NginxFiles {
  const result: NginxFiles = { directives: [], files: [], missing: [] };
  const found = readFile(file, view, result, faults);
  const isPart = found.some(({ name }) => name === "server" || name === "upstream");
  result.directives = isPart ? [{ name: "http", args: [], place: { file, line: 1 }, block: found }] : found;
  return result;
}

function readFile(file: string, view: View, result: NginxFiles, faults: Fault[]): Directive[] {
  if (result.files.includes(file)) return [];
  result.files.push(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    faults.push({
      place: { file, line: 1 },
      text: "The file cannot be read. Create it, or correct its path.",
    });
    return [];
  }
  if (file.endsWith(".template")) text = fill(text, view);
  return include(readDirectives(text, file, faults), file, view, result, faults);
}

/** Nginx's image replaces the variables that it has, and leaves all others to Nginx. */
function fill(text: string, { environment }: View): string {
  return text.replace(/\$\{(\w+)\}/g, (written, name: string) => environment[name] ?? written);
}

function include(
  directives: Directive[],
  from: string,
  view: View,
  result: NginxFiles,
  faults: Fault[],
): Directive[] {
  return directives.flatMap((directive) => {
    const { name, args, block } = directive;
    if (block !== undefined) return [{ ...directive, block: include(block, from, view, result, faults) }];
    const [path = ""] = args;
    if (name !== "include") return [directive];
    const inside = posix.resolve(home, path);
    const beside = join(from, "..", path);
    const files = expand(inside, view);
    if (files.length === 0 && !path.includes("*") && existsSync(beside)) files.push(beside);
    if (files.length === 0 && !/mime\.types$|modules-enabled|\*/.test(path)) result.missing.push(directive);
    return files.flatMap((file) => readFile(file, view, result, faults));
  });
}

/** The files of this machine that a path in the container, with stars, is. */
function expand(path: string, view: View): string[] {
  const folder = posix.dirname(path);
  const pattern = new RegExp(
    `^${posix
      .basename(path)
      .replaceAll(/[.+^$()|[\]\\{}]/g, "\\$&")
      .replaceAll("*", ".*")}$`,
  );
  const found = new Map<string, string>();
  const add = (place: string, file: string): void => {
    if (pattern.test(place) && statSync(file).isFile()) found.set(place, file);
  };
  for (const [at, end] of [
    [folder, ""],
    ...(folder === `${home}/conf.d` ? [[templates, ".template"] as const] : []),
  ] as const) {
    const host = findOnHost(view, at);
    if (host !== undefined && statSync(host).isDirectory())
      for (const name of readdirSync(host).sort())
        if (name.endsWith(end)) add(name.slice(0, name.length - end.length), join(host, name));
    for (const { target, source } of view.mounts)
      if (posix.dirname(target) === at && existsSync(source) && target.endsWith(end)) {
        const name = posix.basename(target);
        add(name.slice(0, name.length - end.length), source);
      }
  }
  return [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file);
}
