import { readFileSync } from "node:fs";
import { isAbsolute, resolve, win32 } from "node:path";

/** A file's text, or why there is none: a rule it broke, and the remedy. */
export type ProjectFile = { text: string } | { rule: string; remedy: string };

/** Reads a text file of the project, named by its path relative to the project's folder. */
export function readProjectFile(folder: string, path: unknown): ProjectFile {
  const isPath = typeof path === "string" && path !== "" && !path.includes("\0");
  if (!isPath || isAbsolute(path) || win32.isAbsolute(path)) {
    return {
      rule: "be the path of a file from the project's folder",
      remedy: "Write it relative to that folder, like ../settings.env.",
    };
  }
  // Whoever writes contents where a path belongs must not find them in a log.
  const name = /^[\w./-]{1,100}$/.test(path) ? path : "the file";
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(resolve(folder, path))) };
  } catch (error) {
    if (error instanceof TypeError) {
      return { rule: "name a text file in UTF-8", remedy: `Convert ${name}, or build it into the image.` };
    }
    return { rule: "name a file that can be read", remedy: `Create ${name}, or correct its path.` };
  }
}
