import { readFileSync, statSync } from "node:fs";
import { isAbsolute, posix, win32 } from "node:path";
import type { Problem } from "../../arguments/problems";

const mostKiB = 1024;

/** A script that fills a database, once. */
export interface Seed {
  /** Name by which it is known to have run. */
  name: string;
  text: string;
}

/** Reads the scripts, in their order. A checkout with other ends of lines has the same ones. */
export function readSeeds(paths: string[]): Seed[] {
  return paths.map((path) => ({ name: path, text: readFileSync(path, "utf8").replaceAll("\r\n", "\n") }));
}

/** Finds what is wrong with the files of scripts. */
export function findSeedProblems(path: (string | number)[], seeds: string[]): Problem[] {
  return seeds.flatMap((seed, index) => {
    const fault = (rule: string, remedy: string): Problem[] => [
      { path: [...path, index], value: seed, rule, remedy },
    ];
    if (!isInProject(seed))
      return fault(
        "be a file in the project's folder",
        "Write it relative to that folder, like seed/menus.js.",
      );
    if (!seed.endsWith(".js")) return fault("be a script of mongosh", "Its name ends with .js.");
    if (seeds.indexOf(seed) !== index)
      return fault("be named once", "A script runs once: give what shall run again a file of its own.");
    const found = statSync(seed, { throwIfNoEntry: false });
    if (found?.isFile() !== true)
      return fault("be a file that is there", `It is looked for from ${process.cwd()}.`);
    if (found.size > mostKiB * 1024)
      return fault(`have at most ${mostKiB} KiB`, "Divide it, or import large data from the application.");
    return [];
  });
}

/** Whether it is the one way to write a path within the project: the path is the name by which a script is known. */
function isInProject(path: string): boolean {
  if (isAbsolute(path) || win32.isAbsolute(path) || path.includes("\\")) return false;
  return posix.normalize(path) === path && !path.startsWith("..");
}
