import { createHash } from "node:crypto";
import { join } from "node:path";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental/provider";
import { Datastore, LoadBalancedService, Monitoring, Secret } from "../components";

const root = join(__dirname, "..");
/** The interface for programs in any language, as it was last agreed on. */
export const schemaFile = join(root, "test/golden/package/schema.txt");

/** A property of the interface. */
export interface Property {
  description?: string;
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
}

interface Members {
  properties?: Record<string, Property>;
  required?: string[];
}

/** The interface as Pulumi reads it from the components. */
export interface Schema {
  resources: Record<
    string,
    Members & { inputProperties: Record<string, Property>; requiredInputs: string[] }
  >;
  types: Record<string, Members & { enum?: { name: string; value: string | number }[] }>;
}

/** Asks Pulumi what it makes of the components for programs in other languages. */
export async function readSchema(): Promise<Schema> {
  const provider = new ComponentProvider({
    name: "flotilla",
    dirname: root,
    components: [Datastore, LoadBalancedService, Monitoring, Secret],
  });
  return JSON.parse(await provider.getSchema()) as Schema;
}

/** The schema as lines in the order of the alphabet, without what only explains. */
export function describeSchema({ resources, types }: Schema): string {
  const components = sortedEntries(resources).map(([token, component]) => [
    `component ${nameOf(token)}`,
    ...describeMembers("in  ", component.inputProperties, component.requiredInputs),
    ...describeMembers("out ", component.properties, component.required),
  ]);
  const others = sortedEntries(types).map(([token, type]) => [
    `${type.enum === undefined ? "type" : "enum"} ${nameOf(token)}`,
    ...(type.enum ?? []).map(({ name, value }) => `  ${name} = ${value}`),
    ...describeMembers("", type.properties, type.required),
  ]);
  return [...components, ...others].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** A short name for the text of a schema, which the changelog's line about it has. */
export function digestSchema(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

function describeMembers(
  kind: string,
  properties: Record<string, Property> = {},
  required: string[] = [],
): string[] {
  return sortedEntries(properties).map(
    ([name, property]) => `  ${kind}${name}${required.includes(name) ? "" : "?"}: ${describeType(property)}`,
  );
}

function describeType({ type, $ref, items, additionalProperties }: Property): string {
  if ($ref !== undefined) return nameOf($ref);
  if (items !== undefined) return `list of ${describeType(items)}`;
  if (additionalProperties !== undefined) return `map of ${describeType(additionalProperties)}`;
  return type ?? "anything";
}

function nameOf(token: string): string {
  return token.slice(token.lastIndexOf(":") + 1);
}

function sortedEntries<Value>(entries: Record<string, Value>): [string, Value][] {
  return Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1));
}
