import type { PoolImage } from "../../components";
import type { Engine } from "../../engine/client";
import { parseReference, withDigest } from "../../engine/image-reference";
import { readReleases, type Release } from "../../stack/releases";
import { describeCall } from "../call";
import { ofStack } from "../data-volumes";
import { Failure, Misuse } from "../failure";
import { pulumiEnvironment, readStackOutputs } from "../pulumi";
import { describeSpan } from "./table";

/** The way of a pool from the image that it runs to the one that it ran. */
export interface Change {
  pool: string;
  now: string;
  then: PoolImage;
}

/** The last releases of a stack, the newest first. */
export async function listReleases(stack: string): Promise<Release[]> {
  return readReleases((await readStackOutputs(stack, pulumiEnvironment())).releases);
}

/** The release that a word means, or the one before the last; refuses one that is not remembered. */
export function chooseRelease(releases: Release[], word: string | undefined, stack: string): Release {
  const look = `Look at: ${describeCall("history", ...ofStack(stack))}`;
  const [last, before] = releases;
  if (last === undefined)
    throw new Failure(
      `Nothing is known of releases of the stack ${stack}: they are written down by each deployment. Until then, go back by ${describeCall("deploy", "--image", "<pool>=<image>", ...ofStack(stack))}`,
    );
  if (word === undefined) {
    if (before !== undefined) return before;
    throw new Failure(`There is no release before the only one, ${last.release}. ${look}`);
  }
  const chosen = releases.find(({ release }) => String(release) === word);
  if (chosen === undefined)
    throw new Misuse(
      `The release must be one of ${releases.map(({ release }) => release).join(", ")}, got ${word}. ${look}`,
    );
  return chosen;
}

/** The pools whose image is another one than it was, of those that there still are. */
export function listChanges(pools: string[], now: Release, then: Release): Change[] {
  return pools.flatMap((pool) => {
    const [before, after] = [now.images[pool], then.images[pool]];
    if (before === undefined || after === undefined || before.id === after.id) return [];
    return [{ pool, now: before.reference, then: after }];
  });
}

/** Names by which pools are told to run the images of changes: those of then, or sure ones where they stand for others now. */
export async function findImages(engine: Engine, changes: Change[]): Promise<Map<string, string>> {
  const found = await Promise.all(
    changes.map(async ({ pool, then }) => [pool, await findImage(engine, then)] as const),
  );
  const missing = changes.filter(({ pool }) => new Map(found).get(pool) === undefined);
  if (missing.length > 0)
    throw new Failure(
      `The engine no longer has ${missing.map(({ pool, then }) => `${then.reference} of ${pool} (${then.id.slice(0, 19)})`).join(", ")}. Nothing was touched. Where there is the same version elsewhere: ${describeCall("deploy", "--image", `${missing[0]?.pool ?? ""}=<image>`)}`,
    );
  return new Map(found.flatMap(([pool, image]) => (image === undefined ? [] : [[pool, image] as const])));
}

async function findImage(engine: Engine, { reference, id }: PoolImage): Promise<string | undefined> {
  const inspect = (name: string, field: string) =>
    engine.attempt(["image", "inspect", `--format={{json .${field}}}`, name]);
  const named = await inspect(reference, "Id");
  if (named.code === 0 && JSON.parse(named.stdout) === id) return reference;
  const { code, stdout } = await inspect(id, "RepoDigests");
  if (code !== 0) {
    // A digest is asked of the registry once more.
    return parseReference(reference)?.digest === undefined ? undefined : reference;
  }
  const path = parseReference(reference)?.path;
  const digests = (JSON.parse(stdout) ?? []) as string[];
  const own = digests.find((each) => parseReference(each)?.path === path);
  return own === undefined ? id : withDigest(reference, own.slice(own.indexOf("@") + 1));
}

/** Says what a way back will do. */
export function describeWayBack(
  then: Release,
  now: Release,
  changes: Change[],
  pools: string[],
  at: number,
): string[] {
  const width = Math.max(...pools.map(({ length }) => length));
  return [
    `Back to release ${then.release} of ${describeSpan(at - Date.parse(then.at))} ago, from ${now.release}:`,
    ...pools.map((pool) => {
      const change = changes.find((each) => each.pool === pool);
      const stays = then.images[pool] === undefined ? "stays: it was not there" : "stays as it is";
      return `  ${pool.padEnd(width)}  ${change === undefined ? stays : `${change.now} -> ${change.then.reference}`}`;
    }),
    "Settings, secrets, numbers of replicas and data stay as they are now.",
  ];
}
