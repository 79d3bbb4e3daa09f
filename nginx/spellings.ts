import { block, escapePattern, type Lines, quote } from "./lines";
import type { Route } from "./route-model";

/** Whether a route says who may ask, or how often. */
function isGuarded({ access, rate, connectionsPerAddress, target }: Route): boolean {
  const isLimited = access !== undefined || rate !== undefined || connectionsPerAddress !== undefined;
  // Files have one name.
  return isLimited && target.kind === "upstream";
}

/**
 * The routes whose limits other spellings of their path would get around: many applications take `/Admin`, `/admin;x` and
 * `/login/` for `/admin` and `/login`. The longest path comes first, as among the routes themselves.
 */
export function findRespelled(routes: Route[]): Route[] {
  return routes
    .filter((route) => isGuarded(route) && route.match !== "regex" && route.path !== "/")
    .sort((one, other) => other.path.length - one.path.length);
}

/** The head of a location for the other spellings of a route's path. */
export function renderRespelled({ path, match }: Route): string {
  const names = path
    .replace(/^\/|\/$/g, "")
    .split("/")
    .map(escapePattern);
  const own = `/${names.join("/")}`;
  const others = `/${names.join("(?:;[^/]*)?/")}`;
  const isFolder = path.endsWith("/") ? "(?:/|$)" : "";
  const [ownEnd, othersEnd] =
    match === "exact" ? [`${path.endsWith("/") ? "/" : ""}$`, "/?$"] : [isFolder, isFolder];
  const marks = othersEnd === "" ? "" : "(?:;[^/]*)?";
  return `location ~ ${quote(`^(?!${own}${ownEnd})(?i:${others}${marks}${othersEnd})`)}`;
}

/** The head of the location of a route by a regular expression: limits hold whatever the case. */
export function renderPattern(route: Route): string {
  return `location ${isGuarded(route) ? "~*" : "~"} ${quote(route.path)}`;
}

/** Refuses `..;`, which some applications take for the folder above, and Nginx for a name. */
export function refuseHiddenParents(routes: Route[]): Lines {
  return routes.some(isGuarded) ? block('if ($uri ~ "/[.][.]?;")', ["return 400;"]) : [];
}
