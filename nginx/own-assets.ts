import { block } from "./lines";
import { places } from "./places";

/** Folder of the files that say which versions of a pool's assets the replicas of a configuration have. */
export const assetsFolder = "assets";

/** Where the copies of a pool's assets are within a configuration. */
export function nameAssetsFolder(pool: string): string {
  return `static/assets-${pool}`;
}

/** The variable with the path of an asset below the pool's, and the one with where it is. */
export const [assetFile, assetPlace] = ["$asset_file", "$asset_place"] as const;

/** Start of the place of an asset that not all replicas have. */
export const lacking = "lacking";

/**
 * The text of the file for a pool. Each configuration knows its own replicas, so that Nginx's old workers, which ask old replicas
 * alone, find what only the new ones have. A replica whose image has no such folder has no asset.
 */
export function renderOwnAssets(versions: (string | undefined)[]): string {
  const tests = versions.flatMap((version) => {
    const lacks = `set ${assetPlace} ${lacking};`;
    return version === undefined
      ? [lacks]
      : block(`if (!-f ${places.store}/${version}/${assetFile})`, [lacks]);
  });
  return tests.map((line) => `${line}\n`).join("");
}
