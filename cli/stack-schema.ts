// The schema of stack files that editors read: the shape, with the sentences of the components' interface.
import { join } from "node:path";
import { type JsonSchema, renderFileSchema } from "../stack/file-schema";
import { settingsName } from "../stack/findings";
import { projectFolder } from "./bare/machine.cjs";
import type { Property, Schema } from "./schema";

/** The schema as editors get it. */
export const stackSchemaFile = join(projectFolder, "stack.schema.json");

/** The text of that file, with the sentences that this interface of the package has. */
export function renderStackSchema(interfaceOfPackage: Schema): string {
  const schema = renderFileSchema();
  const { config } = schema.properties ?? {};
  if (typeof config === "object") describeSettings(config, interfaceOfPackage);
  // A line for each value shows what changes; what it is indented by would be a quarter of the text.
  return `${JSON.stringify(schema, undefined, 1).replaceAll(/^ +/gm, "")}\n`;
}

function describeSettings({ properties = {} }: JsonSchema, { resources, types }: Schema): void {
  const inputs = (component: string) => resources[`flotilla:index:${component}`]?.inputProperties ?? {};
  const service = inputs("LoadBalancedService");
  for (const [name, schema] of Object.entries(properties)) {
    if (typeof schema !== "object") continue;
    const key = name.slice(settingsName.length + 1);
    if (key === "datastores") describeInside(schema.additionalProperties, inputs("Datastore"), types);
    else if (key === "monitoring") describeInside(schema, inputs("Monitoring"), types);
    else describe(schema, service[key], types);
  }
}

/** Puts the sentence of a property where there is none yet, and those of all that is in it. */
function describe(schema: JsonSchema, property: Property | undefined, types: Schema["types"]): void {
  if (property === undefined) return;
  if (property.description !== undefined)
    schema.description ??= property.description.trim().replaceAll(/\s+/g, " ");
  const inner = property.items ?? property.additionalProperties ?? property;
  const inside =
    property.items === undefined
      ? property.additionalProperties && schema.additionalProperties
      : schema.items;
  const [, type = ""] = /^#\/types\/(.+)$/.exec(inner.$ref ?? "") ?? [];
  describeInside(inside ?? schema, types[type]?.properties ?? {}, types);
}

function describeInside(schema: unknown, known: Record<string, Property>, types: Schema["types"]): void {
  if (!isSchema(schema)) return;
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    if (typeof property === "object") describe(property, known[name], types);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
