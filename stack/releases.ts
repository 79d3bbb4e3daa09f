import type { PoolImage } from "../components";
import { asList, asRecord } from "../components/arguments/problems";

/** A set of images that the pools of a stack ran together; the last ones are kept in its outputs. */
export interface Release {
  /** Its number; the first of a stack is 1. */
  release: number;
  /** When it was deployed. */
  at: string;
  /** The image of each pool. */
  images: Record<string, PoolImage>;
}

/** Releases that are remembered. */
export const keptReleases = 5;

/** Adds what runs now to the releases, the newest first, unless it is what the last one ran. */
export function addRelease(previous: unknown, images: Record<string, PoolImage>, at: string): Release[] {
  const known = readReleases(previous);
  const [last] = known;
  if (last !== undefined && isSame(last.images, images)) return known;
  return [{ release: (last?.release ?? 0) + 1, at, images }, ...known].slice(0, keptReleases);
}

/** Reads the output of an earlier deployment. */
export function readReleases(output: unknown): Release[] {
  return asList(output).flatMap((each) => {
    const { release, at, images } = asRecord(each) ?? {};
    if (typeof release !== "number" || typeof at !== "string") return [];
    const known = Object.entries(asRecord(images) ?? {}).flatMap(([pool, image]): [string, PoolImage][] => {
      const { reference, id } = asRecord(image) ?? {};
      return typeof reference === "string" && typeof id === "string" ? [[pool, { reference, id }]] : [];
    });
    return [{ release, at, images: Object.fromEntries(known) }];
  });
}

function isSame(one: Record<string, PoolImage>, other: Record<string, PoolImage>): boolean {
  const ids = (images: Record<string, PoolImage>): string =>
    JSON.stringify(
      Object.entries(images)
        .map(([pool, { id }]) => [pool, id])
        .sort(),
    );
  return ids(one) === ids(other);
}
