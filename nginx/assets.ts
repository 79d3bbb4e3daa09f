import { fileSettings } from "./static-files";
import { failureSettings } from "./failures";
import { findHttpUpstream } from "./hold";
import { routeHeaders } from "./headers";
import { limitSettings } from "./limits";
import { block, escapePattern, type Lines, quote } from "./lines";
import { nameLocation } from "./location-names";
import type { Assets, Balancer } from "./model";
import { assetFile as file, assetPlace as place, assetsFolder, lacking } from "./own-assets";
import { places } from "./places";
import type { Route } from "./route-model";

/** A status that no application answers with: it sends a request to where assets are kept. */
const toKept = 596;

/** Has assets that not all replicas have, but somebody had, come from the copies that are kept of them; stands in front of a rewrite. */
export function separateAssets(balancer: Balancer, route: Route): Lines {
  const found = findAssets(balancer, route);
  if (found === undefined) return [];
  const { pool, assets, location } = found;
  return [
    `set ${file} "";`,
    `set ${place} "";`,
    ...block(`if ($uri ~ ${quote(`^${escapePattern(assets.path)}(.+)$`)})`, [`set ${file} $1;`]),
    "# Where no update has given the pool's assets yet, there is no such file.",
    `include ${assetsFolder}/${pool}.con[f];`,
    ...[assets.folder, `${assets.folder}.former`].flatMap((folder) =>
      block(`if (-f ${folder}/${file})`, [`set ${place} ${place}-kept;`]),
    ),
    `error_page ${toKept} = ${location};`,
    ...block(`if (${place} ~ ^${lacking}-kept)`, [`return ${toKept};`]),
  ];
}

/** The location of assets that come from the copies. */
export function renderKeptAssets(balancer: Balancer, route: Route, corsHeaders: Lines): Lines[] {
  const found = findAssets(balancer, route);
  if (found === undefined) return [];
  const { assets, location } = found;
  const [root, name] = [places.static, assets.folder.slice(places.static.length + 1)];
  return [
    block(`location ${location}`, [
      ...limitSettings(balancer, route),
      ...routeHeaders(balancer, route, corsHeaders),
      ...failureSettings,
      `root ${root};`,
      ...fileSettings,
      `try_files /${name}/${file} /${name}.former/${file} =404;`,
    ]),
  ];
}

/** The assets of the pool that a route leads to; undefined where it has none, or none of its requests ask for them. */
function findAssets(
  balancer: Balancer,
  route: Route,
): { pool: string; assets: Assets; location: string } | undefined {
  const { name: pool, assets } = findHttpUpstream(balancer, route) ?? {};
  if (pool === undefined || assets === undefined) return undefined;
  return mayLeadTo(route, assets.path)
    ? { pool, assets, location: nameLocation(balancer, route, "assets") }
    : undefined;
}

/** Whether requests for what is below a path can come by a route. */
export function mayLeadTo({ path, match }: Pick<Route, "path" | "match">, start: string): boolean {
  if (match === "prefix") return path.startsWith(start) || start.startsWith(path);
  return match === "regex" || path.startsWith(start);
}
