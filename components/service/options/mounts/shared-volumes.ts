import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Pool } from "../../pool/schema";
import type { Context } from "../../../resources/context";
import type { Image } from "../../../resources/images";
import { createKeptVolume } from "../../../resources/kept-volume";
import { ownName } from "../../../resources/own-names";
import { giveToWriters, type VolumeWriter } from "./volume-owner";
import { requireUnused } from "../../../resources/volume-users";

/** A volume that replicas share. */
interface SharedVolume {
  volume: docker.Volume;
  /** Resources that must be there before a replica uses it. */
  ready: pulumi.Resource[];
}

/** The volumes that replicas share, by name. */
export type SharedVolumes = Record<string, SharedVolume>;

/** Makes the volumes that pools name, each so that the users of the pools that write to it can do so. */
export function createSharedVolumes(
  context: Context,
  pools: Record<string, Pool>,
  images: Record<string, Image>,
  networks: docker.Network[],
): SharedVolumes {
  const mounts = Object.values(pools).flatMap((pool) => pool.mounts);
  const names = [...new Set(mounts.flatMap(({ shared }) => shared ?? []))];
  if (names.length === 0) return {};
  const nameVolume = (name: string): string => ownName(context.name, name).toLowerCase();
  const unused = requireUnused(context, {
    title: `LoadBalancedService "${context.name}"`,
    places: names.map((name) => ({ name: nameVolume(name), isShared: true })),
    networks,
    commands: Object.values(images).map(({ command }) => command),
  });
  return Object.fromEntries(
    names.map((name) => {
      const volume = createKeptVolume(context, `${name}-volume`, {
        name: unused.apply(() => nameVolume(name)),
        labels: { role: "data", volume: name },
      });
      const writers = findWriters(pools, name, images);
      const ready = writers.length === 0 ? [volume] : [giveToWriters(context, name, volume, writers)];
      return [name, { volume, ready }];
    }),
  );
}

/** The resources that must be there before a replica of a pool starts. */
export function listNeeded(shared: SharedVolumes, { mounts }: Pool): pulumi.Resource[] {
  return mounts.flatMap(({ shared: name = "" }) => shared[name]?.ready ?? []);
}

function findWriters(
  pools: Record<string, Pool>,
  name: string,
  images: Record<string, Image>,
): VolumeWriter[] {
  return Object.entries(pools).flatMap(([pool, { mounts, user }]) => {
    const { [pool]: image } = images;
    if (image === undefined) return [];
    return mounts
      .filter(({ shared, readOnly }) => shared === name && !readOnly)
      .map(({ path }) => ({ pool, path, user, image }));
  });
}
