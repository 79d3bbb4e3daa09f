import { relative, sep } from "node:path";

/** Where something stands that was read. */
export interface Place {
  /** Absolute path of the file. */
  file: string;
  /** Number of the line, from 1. */
  line: number;
}

/** Something that cannot be read. */
export interface Fault {
  place: Place;
  /** The rule, the value and the remedy. */
  text: string;
}

/** A path as it is written from a folder, with slashes on every system. */
export function pathFrom(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}

/** A place as people and editors write it. */
export function describePlace(folder: string, { file, line }: Place): string {
  return `${pathFrom(folder, file)}:${line}`;
}
