import type { PoolImage } from "../components";
import { asList } from "../components/arguments/problems";

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
export function addRelease(releases: Release[], images: Record<string, PoolImage>, at: string): Release[] {
  const [last] = releases;
  if (last !== undefined && isSame(last.images, images)) return releases;
  return [{ release: (last?.release ?? 0) + 1, at, images }, ...releases].slice(0, keptReleases);
}

/** A release as a line of the output: Pulumi shows each time all that it is given, and a line each is enough. */
export function renderRelease({ release, at, images }: Release): string {
  // No reference has a #.
  const pools = Object.entries(images).map(([pool, { reference, id }]) => `${pool}=${reference}#${id}`);
  return [release, at, ...pools].join(" ");
}

/** Reads the output of an earlier deployment; a program of the user's own may give something else by that name. */
export function readReleases(output: unknown): Release[] {
  return asList(output).flatMap((line) => {
    const [, release, at = "", pools = ""] =
      /^(\d+) (\d{4}-[\d:.TZ-]+)((?: [\w-]+=[^\s#]+#\S+)*)$/.exec(String(line)) ?? [];
    if (release === undefined) return [];
    const images = [...pools.matchAll(/ ([\w-]+)=([^\s#]+)#(\S+)/g)].map(
      ([, pool = "", reference = "", id = ""]): [string, PoolImage] => [pool, { reference, id }],
    );
    return [{ release: Number(release), at, images: Object.fromEntries(images) }];
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
