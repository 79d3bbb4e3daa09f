import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { Match } from "../../components/types";
import { findOnHost } from "../nginx/files";
import { readTime, type Scope } from "../nginx/scope";
import type { Place } from "../place";
import { nameDirective, type Reading, type RouteDraft, use } from "./routing";

/** A location that serves files, in words and by its place, and the file or folder that it names. */
function findSource(
  path: string,
  scope: Scope,
  reading: Reading,
): { what: string; at: Place; source: string | undefined } {
  const { head } = scope;
  const [alias] = scope.own("alias");
  if (alias !== undefined) reading.read.add(alias);
  const root = alias === undefined ? use(reading, scope, "root")?.args[0] : undefined;
  return {
    what: head === undefined ? path : nameDirective(head),
    at: head?.place ?? { file: "", line: 1 },
    source: alias?.args[0] ?? (root === undefined ? undefined : posix.join(root, path)),
  };
}

/** A route of the files that a location serves by itself; undefined where it serves none, or none that are here. */
export function findStatic(
  { path, match }: Pick<RouteDraft, "path" | "match">,
  scope: Scope,
  reading: Reading,
): RouteDraft | undefined {
  const { report } = reading.context;
  const { what, at, source } = findSource(path, scope, reading);
  use(reading, scope, "index");
  const files = use(reading, scope, "try_files");
  const expires = use(reading, scope, "expires");
  if (match === Match.Regex) {
    report.leave(
      at,
      what,
      "files are served by the start of a path, not by an expression. Give their folder a route, like { path: /assets/, static: { folder: … , seconds: 86400 } }; files of an application get their headers from it.",
    );
    return undefined;
  }
  if (source === undefined) {
    report.leave(at, what, "it names no pool and no files. Leave it out, or give its pool a route.");
    return undefined;
  }
  if (/acme-challenge/.test(path)) {
    report.leave(
      at,
      what,
      "files that come while the balancer runs are not served. Renew certificates by DNS, or by a small pool at this path that answers the challenge.",
    );
    return undefined;
  }
  const host = findOnHost(reading.front.view, source.replace(/(?<=.)\/$/, ""));
  const folder =
    host === undefined || !statSync(host).isDirectory() ? undefined : reading.context.toProject(host);
  if (folder === undefined) {
    const isVolume = host === undefined;
    report.leave(
      at,
      what,
      isVolume
        ? "its files are in the image or in a volume, where the balancer has none. Let the application serve them, with a route of its own for the path and headers for browsers, or put them into a folder of the stack and set static."
        : "its files are outside of the stack's folder. Copy them there, and set static.",
    );
    return undefined;
  }
  const last = files?.args.at(-1);
  const name =
    last === undefined || !last.startsWith("/") ? undefined : posix.relative(path, last.split("?")[0] ?? "");
  const fallback =
    name !== undefined && host !== undefined && existsSync(join(host, name)) ? name : undefined;
  const seconds = readTime(expires?.args.at(-1));
  return {
    path: path.endsWith("/") ? path : `${path}/`,
    static: {
      folder,
      ...(seconds === undefined ? {} : { seconds: Math.min(seconds, 31_536_000) }),
      ...(fallback === undefined ? {} : { fallback }),
    },
  };
}

/** One exact file: a small text is an answer of the balancer's own. */
export function serveFile(path: string, scope: Scope, reading: Reading): RouteDraft | undefined {
  const { report } = reading.context;
  const { what, at, source } = findSource(path, scope, reading);
  use(reading, scope, "try_files");
  const host = source === undefined ? undefined : findOnHost(reading.front.view, source);
  const isSmall = host !== undefined && statSync(host).isFile() && statSync(host).size <= 2048;
  const text = isSmall ? readFileSync(host, "utf8") : undefined;
  if (text === undefined || !/\.(?:txt|json|xml|html)$/.test(path) || /[$\0\uFFFD]/.test(text)) {
    report.leave(
      at,
      what,
      "static is for folders. Let the application serve this one file, or put it into the folder of a static route for /.",
    );
    return undefined;
  }
  const types: Record<string, string> = {
    txt: "text/plain",
    json: "application/json",
    xml: "text/xml",
    html: "text/html",
  };
  const type = types[/\w+$/.exec(path)?.[0] ?? ""] ?? "text/plain";
  const body = text.replaceAll(/["\\]/g, "\\$&").replaceAll("\r", "").replaceAll("\n", "\\n");
  report.change(
    at,
    what,
    "is an answer of the route's own, with the file's text of now: static is for folders.",
  );
  return { path, match: Match.Exact, directives: [`default_type ${type}`, `return 200 "${body}"`] };
}
