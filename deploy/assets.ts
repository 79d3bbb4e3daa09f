import { createHash } from "node:crypto";
import { type Engine, Failure } from "../engine/client";
import { inspectPresent } from "../engine/containers";
import { copyFolder } from "../engine/copies";
import { composeShell } from "../engine/shell";
import { assetsFolder, nameAssetsFolder, renderOwnAssets } from "../nginx/own-assets";
import { parseMember } from "../nginx/members";
import { places } from "../nginx/places";
import { inBalancer, renderFile } from "./balancer";
import type { LinkedFolder } from "./configuration-files";
import type { PoolAssets } from "./tasks";
import { keepCopySh } from "./texts";

/** The most that the assets of one image may have in all. */
export const mostAssetsMiB = 256;

/** A pool whose pages of before find their assets. */
export interface AssetPool {
  name: string;
  assets: PoolAssets;
  /** Names of the replicas that it has, and of those that come. */
  leaving: string[];
  coming: string[];
}

/** The copies that the balancer's volume has of pools' assets. */
export interface AssetCopies {
  folders: LinkedFolder[];
  /** Shell commands that write down which versions the replicas of a configuration have, by their lines. */
  render: (upstreams: { name: string; lines: string[] }[]) => string;
}

/**
 * Brings copies of what the replicas of all versions have into the balancer's volume, where they are not there yet: before a new
 * one can be asked, and while old ones are there.
 */
export async function keepAssets(engine: Engine, balancer: string, pools: AssetPool[]): Promise<AssetCopies> {
  const known = await readImages(
    engine,
    pools.flatMap(({ leaving, coming }) => [...leaving, ...coming]),
  );
  const versions = new Map<string, Map<string, string | undefined>>();
  const copied = new Map<string, boolean>();
  const folders: LinkedFolder[] = [];
  for (const { name, assets, leaving, coming } of pools) {
    const ofPool = new Map<string, string | undefined>();
    versions.set(name, ofPool);
    for (const replica of [...leaving, ...coming]) {
      const image = known.get(replica);
      if (image === undefined) continue;
      const version = nameVersion(image, assets.folder);
      const isThere =
        copied.get(version) ?? (await keepCopy(engine, balancer, { pool: name, assets, replica, version }));
      copied.set(version, isThere);
      if (!isThere && coming.includes(replica))
        throw new Failure(
          `pools.${name}.assets.folder must be a folder of the image, got ${assets.folder}. Set it to the folder in the container whose files are below ${assets.path}.`,
        );
      ofPool.set(replica, isThere ? version : undefined);
    }
    const of = (replicas: string[]): string[] => [
      ...new Set(replicas.flatMap((replica) => ofPool.get(replica) ?? [])),
    ];
    const [hash, ...others] = of(coming);
    if (hash === undefined) continue;
    const former = [...new Set([...others, ...of(leaving)])].filter((version) => version !== hash);
    folders.push({ path: nameAssetsFolder(name), hash, keepSeconds: assets.keepSeconds, former });
  }
  return {
    folders,
    render: (upstreams) =>
      upstreams
        .flatMap(({ name, lines }) => {
          const ofPool = versions.get(name);
          if (ofPool === undefined) return [];
          const replicas = lines.flatMap((line) => parseMember(line)?.name ?? []);
          const own = replicas.filter((replica) => ofPool.has(replica)).map((replica) => ofPool.get(replica));
          return [renderFile(`next/${assetsFolder}/${name}.conf`, renderOwnAssets([...new Set(own)]))];
        })
        .join("\n"),
  };
}

function nameVersion(image: string, folder: string): string {
  return createHash("sha256").update(`${image} ${folder}`).digest("hex").slice(0, 16);
}

/** The images of containers, by their names, but for those that are gone. */
async function readImages(engine: Engine, containers: string[]): Promise<Map<string, string>> {
  const template = '{"name":{{json .Name}},"image":{{json .Image}}}';
  const found = await inspectPresent<{ name: string; image: string }>(engine, template, containers);
  return new Map(found.map(({ name, image }) => [name.replace("/", ""), image]));
}

interface Copy {
  pool: string;
  assets: PoolAssets;
  replica: string;
  version: string;
}

/** Copies the assets of one version; false where its image has none. */
async function keepCopy(
  engine: Engine,
  balancer: string,
  { pool, assets, replica, version }: Copy,
): Promise<boolean> {
  const script = (step: string): string => composeShell({ store: places.store, version, step }, keepCopySh);
  if ((await inBalancer(engine, balancer, script("begin"))) === "kept") return true;
  const copied = await copyFolder(
    engine,
    { container: replica, folder: assets.folder },
    { container: balancer, folder: `${places.store}/${version}.part` },
    mostAssetsMiB * 1024 ** 2,
  );
  await inBalancer(engine, balancer, script(copied === "copied" ? "end" : "forget"));
  if (copied === "too large")
    throw new Failure(
      `pools.${pool}.assets.folder must hold at most ${mostAssetsMiB} MiB, and ${assets.folder} has more. Set it to the folder whose files have hashed names alone.`,
    );
  return copied === "copied";
}
