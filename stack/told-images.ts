import { parseReference } from "../engine/image-reference";
import type { Problem } from "../components/arguments/problems";
import { findPrevious, listItems, refusePool } from "./told-pools";
import { imagesVariable } from "./variables";

/** An image that a pool was told to run instead of the one that its settings name; kept in the stack's outputs. */
export interface ToldImage {
  /** The one that its settings named when it was told. */
  initial: string;
  /** The one to run. */
  current: string;
}

/** The image of a pool by its settings. */
export interface SettledImage {
  /** Its reference: that of a built one changes with what it is built from, which takes time to find out. */
  name: () => string;
  /** The name of all versions that are built for the pool; undefined where it is not built. */
  builds?: string;
}

/** The images that pools were told to run, and the problems of the override. */
export interface ResolvedImages {
  /** Those pools alone, by name. */
  states: Record<string, ToldImage>;
  problems: Problem[];
}

/** Decides which pools run another image than their settings name: the override says so, or an earlier deployment was told. */
export function resolveImages(
  pools: Record<string, SettledImage>,
  previous: unknown,
  override: string | undefined,
): ResolvedImages {
  const { told, problems } = readOverride(pools, override);
  const states = Object.entries(pools).flatMap(([name, settled]): [string, ToldImage][] => {
    const before = findPrevious(previous, name);
    const asked = told.get(name) ?? before?.current;
    if (typeof asked !== "string" || asked === "") return [];
    const initial = settled.name();
    // Another image in the settings is newer than whatever was told before.
    const isOver = !told.has(name) && before?.initial !== initial;
    return isOver || asked === initial ? [] : [[name, { initial, current: asked }]];
  });
  return { states: Object.fromEntries(states), problems };
}

function readOverride(
  pools: Record<string, SettledImage>,
  override: string | undefined,
): { told: Map<string, string>; problems: Problem[] } {
  const told = new Map<string, string>();
  const problems: Problem[] = [];
  for (const item of listItems(override)) {
    const [, name = "", image] = /^([^=]*)=(.*)$/.exec(item) ?? [];
    const pool = Object.hasOwn(pools, name) ? pools[name] : undefined;
    if (image === undefined) {
      const [rule, remedy] = ["be a list of pool=image", "Write it like api=registry.example.com/api:1.5."];
      problems.push({ path: [imagesVariable], value: item, rule, remedy });
    } else if (pool === undefined) {
      problems.push(refusePool(imagesVariable, name, pools));
    } else {
      const problem = image === "" ? undefined : findImageProblem(image, pool);
      if (problem !== undefined) problems.push({ path: [imagesVariable, name], value: image, ...problem });
      told.set(name, image);
    }
  }
  return { told, problems };
}

function findImageProblem(
  image: string,
  { builds }: SettledImage,
): Pick<Problem, "rule" | "remedy"> | undefined {
  const reference = parseReference(image);
  if (reference === undefined) return { rule: "be an image: a tag, a digest or an id" };
  if (builds === undefined || image.startsWith(`${builds}:`) || reference.path === "") return undefined;
  return {
    rule: "be an earlier build of the pool, whose image is built from its context",
    remedy: "Change what it is built from, or set image in the place of build.",
  };
}
