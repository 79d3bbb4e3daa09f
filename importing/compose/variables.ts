import { readFileSync } from "node:fs";
import { parseEnvFile } from "../../stack/env-file";
import type { Place } from "../place";
import { interpolate } from "./interpolate";
import type { Project, Service } from "./project";

/** A variable of a service's containers. */
export interface Variable {
  /** Undefined where it comes from an environment that does not have it. */
  value: string | undefined;
  place: Place;
}

/** The variables of a service: those of its files, and over them its own; missing files are named. */
export function readVariables(
  { fields, placeOf, unsetIn }: Service,
  { lookup }: Project,
  tellMissing: (path: string, place: Place) => void,
): Map<string, Variable> {
  const found = new Map<string, Variable>();
  fields.env_file.forEach(({ path, required }, index) => {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      if (required) tellMissing(path, placeOf("env_file", index));
      return;
    }
    const lines = text.split(/\r?\n/);
    for (const [name, raw] of Object.entries(parseEnvFile(text).values)) {
      const line =
        lines.findLastIndex((each) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`).test(each)) + 1;
      const { text: value, unset } = interpolate(raw, (each) => found.get(each)?.value ?? lookup(each));
      found.set(name, { value: unset.length > 0 ? undefined : value, place: { file: path, line } });
    }
  });
  for (const [name, written] of Object.entries(fields.environment)) {
    const value = written ?? lookup(name);
    const isUnknown = unsetIn("environment", name).length > 0;
    found.set(name, { value: isUnknown ? undefined : value, place: placeOf("environment", name) });
  }
  return found;
}
