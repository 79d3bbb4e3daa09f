import { basename } from "node:path";
import type { z } from "zod";
import type { Fault, Place } from "../place";
import { type ComposeSource, loadCompose } from "./load";
import { type ProjectFields, projectSchema, type ServiceFields, serviceSchema } from "./service";
import { child, findAt, toPlain, type Tree } from "./tree";

/** A service of Compose. */
export interface Service {
  name: string;
  fields: ServiceFields;
  /** Where a setting stands, or the service. */
  placeOf: (...path: (string | number)[]) => Place;
  /** The keys that the files say in a setting, or of the service. */
  keysIn: (...path: string[]) => string[];
  /** Variables of a setting that have no value. */
  unsetIn: (...path: (string | number)[]) => string[];
}

/** A project of Compose, whatever the number of its files. */
export interface Project {
  name: string;
  /** Folder of its first file. */
  folder: string;
  files: string[];
  services: Service[];
  /** Services that are of a profile which is not asked for, with their profiles. */
  inactive: { name: string; profiles: string[]; place: Place }[];
  fields: ProjectFields;
  placeOf: (...path: (string | number)[]) => Place;
  lookup: (name: string) => string | undefined;
}

/** Reads a project with the services of these profiles; what cannot be read is left out, and added to the faults. */
export function readProject(source: ComposeSource, profiles: string[], faults: Fault[]): Project | undefined {
  const loaded = loadCompose(source, faults);
  if (loaded === undefined) return undefined;
  const { tree, folder } = loaded;
  const plain = check(projectSchema, withoutNothing(tree, ["services"]), tree, [], faults);
  const described = child(tree, "services");
  if (described?.kind !== "map" || described.entries.size === 0) {
    faults.push({ place: tree.place, text: "services must be an object of services by name." });
    return undefined;
  }
  const found = [...described.entries].flatMap(([name, entry]): Service[] => {
    const fields = check(serviceSchema, withoutNothing(entry), tree, ["services", name], faults);
    if (fields === undefined) return [];
    return [
      {
        ...{ name, fields },
        placeOf: (...path) => findAt(entry, path).place,
        keysIn: (...path) => {
          const at = path.reduce<Tree | undefined>(child, entry);
          return at?.kind === "map" ? [...at.entries.keys()] : [];
        },
        unsetIn: (...path) => {
          const at = findAt(entry, path);
          return at.kind === "scalar" ? (at.unset ?? []) : [];
        },
      },
    ];
  });
  if (plain === undefined) return undefined;
  const active = findActive(found, profiles);
  return {
    name: nameProject(plain.name ?? loaded.lookup("COMPOSE_PROJECT_NAME") ?? basename(folder)),
    ...{ folder, files: loaded.files, lookup: loaded.lookup },
    services: found.filter(({ name }) => active.has(name)),
    inactive: found
      .filter(({ name }) => !active.has(name))
      .map(({ name, fields, placeOf }) => ({ name, profiles: fields.profiles, place: placeOf() })),
    fields: plain,
    placeOf: (...path) => findAt(tree, path).place,
  };
}

function nameProject(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "");
}

/** Without profiles, with one that is asked for, or needed by such a one. */
function findActive(services: Service[], profiles: string[]): Set<string> {
  const isAsked = ({ fields }: Service): boolean =>
    fields.profiles.length === 0 ||
    profiles.includes("all") ||
    fields.profiles.some((each) => profiles.includes(each));
  return new Set(services.filter(isAsked).map(({ name }) => name));
}

/** The plain values of an object, without those that are nothing. */
function withoutNothing(tree: Tree, left: string[] = []): unknown {
  if (tree.kind !== "map") return toPlain(tree);
  return Object.fromEntries(
    [...tree.entries]
      .filter(([name]) => !left.includes(name))
      .map(([name, entry]): [string, unknown] => [name, toPlain(entry)])
      .filter(([, value]) => value !== null),
  );
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  tree: Tree,
  at: string[],
  faults: Fault[],
): z.output<Schema> | undefined {
  const { success, data, error } = schema.safeParse(value, { reportInput: true });
  if (success) return data;
  for (const issue of error.issues) {
    const path = [...at, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
    const rule = issue.code === "custom" ? issue.message : describeType(issue);
    faults.push({ place: findAt(tree, path).place, text: `${path.join(".")} must ${rule}.` });
  }
  return undefined;
}

function describeType(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type") return "be as Compose has it";
  return `be ${{ array: "a list", object: "an object", record: "an object" }[String(issue.expected)] ?? `a ${issue.expected}`}`;
}
