// The shape of a stack's file for editors, as JSON Schema: that of the components' arguments, with what the file has in another
// form. What depends on more than one setting, the program alone checks.
import { z } from "zod";
import { datastoreSchema } from "../components/datastore/schema";
import { monitoringSchema } from "../components/monitoring/schema";
import { mostReplicas, serviceSchema } from "../components/service/schema";
import { settingKeys, settingsName } from "./findings";
import { scalingSchema } from "./scaling";

/** As much of JSON Schema as is needed here. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

type Properties = Record<string, JsonSchema>;

const scalar: JsonSchema = { type: ["string", "number", "boolean"] };
const text: JsonSchema = { type: "string" };
const byName = (value: JsonSchema): JsonSchema => ({ type: "object", additionalProperties: value });
const path = (what: string): JsonSchema => ({
  type: "string",
  description: `${what}, as a path from the project's folder.`,
});

/** The schema of a stack's file. */
export function renderFileSchema(): JsonSchema {
  const service = propertiesOf(toJson(serviceSchema));
  const settings: Properties = {
    pools: byName(readPool(valueOf(service.pools))),
    routes: service.routes ?? {},
    balancer: readBalancer(service.balancer ?? {}),
    registry: service.registry ?? {},
    engine: service.engine ?? {},
    datastores: byName(without(toJson(datastoreSchema), ["registry"])),
    monitoring: without(toJson(monitoringSchema), ["registry", "sources"]),
  };
  const others = settingKeys.join("|");
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of Flotilla",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(
          settingKeys.map((key) => [`${settingsName}:${key}`, settings[key] ?? {}]),
        ),
        patternProperties: {
          // All else of ours is a secret.
          [`^${settingsName}:(?!(?:${others})$)`]: {
            type: "object",
            properties: { secure: { ...text, description: "Written by pulumi config set --secret." } },
            required: ["secure"],
            additionalProperties: false,
          },
        },
      },
    },
  };
}

/** Fields that a pool of a file has in another form than the component takes, or besides. */
const poolForms: Properties = {
  env: { ...byName(scalar), description: "Environment variables." },
  envFile: path("File of KEY=VALUE lines, over which env goes"),
  secrets: {
    type: "array",
    items: text,
    description: "Names of secret environment variables; one that is not set is generated once.",
  },
  stores: { ...byName(text), description: "The datastore whose address each variable gets." },
  files: {
    ...byName(text),
    description: "Files by their path in the container, as paths from the project's folder.",
  },
  secretFiles: {
    ...byName(text),
    description: "Names of the secrets that files hold, by their path in the container.",
  },
  user: { type: ["string", "number"] },
  command: { type: "array", minItems: 1, items: scalar },
  replicas: {
    anyOf: [
      count(),
      {
        type: "object",
        properties: {
          ...{ initial: count(), min: count(), max: count() },
          scaling: {
            ...toJson(scalingSchema),
            description: "By what `autoscale` changes the number, and when; {} is enough. It needs max.",
          },
        },
        required: ["initial"],
        additionalProperties: false,
      },
    ],
    description: "Number of replicas: one to start with, or with the least and the most that there may be.",
  },
};

/** A pool names folders of the project. */
function readPool(pool: JsonSchema): JsonSchema {
  const { mounts = {} } = propertiesOf(pool);
  const hostPath = {
    ...text,
    description: "Folder of the host that runs the engine, or ./folder of the project.",
  };
  return closedWith(pool, {
    ...poolForms,
    mounts: { ...mounts, items: closedWith(itemOf(mounts), { hostPath }) },
  });
}

function count(): JsonSchema {
  return { type: "integer", minimum: 1, maximum: mostReplicas };
}

/** A balancer names files, and a key by the name of its secret. */
function readBalancer(balancer: JsonSchema): JsonSchema {
  const { tls = {} } = propertiesOf(balancer);
  const { certificates = {}, clients = {}, acme = {} } = propertiesOf(tls);
  const { dns = {} } = propertiesOf(acme);
  const certificate = closedWith(itemOf(certificates), {
    certificateFile: path("File with the certificate in PEM"),
    keyFile: path("File with its key"),
    key: { ...text, description: "Name of the secret that holds its key." },
  });
  return closedWith(balancer, {
    unavailablePageFile: path("File with the page for when no replica answers"),
    tls: closedWith(tls, {
      certificates: { ...certificates, items: { ...certificate, required: [] } },
      acme: closedWith(acme, {
        directoryAuthorityFile: path("File with the certificate of who signs that of the directory"),
        dns: closedWith(dns, { scriptFile: path("File with the script that changes the zone") }),
      }),
      clients: {
        ...closedWith(clients, { authorityFile: path("File with the authority's certificates in PEM") }),
        required: [],
      },
    }),
  });
}

/** Fields that are no more are those that may only be left out. */
function isGone(type: unknown): boolean {
  return type instanceof z.ZodOptional && type.unwrap() instanceof z.ZodUndefined;
}

function toJson(schema: z.core.$ZodType): JsonSchema {
  const json: JsonSchema = z.toJSONSchema(schema, {
    ...{ target: "draft-07", io: "input", unrepresentable: "any", reused: "inline" },
    override: ({ zodSchema, jsonSchema }) => {
      // An object is asked for its shape behind the question whether it is one.
      if (zodSchema instanceof z.ZodPipe && zodSchema.in instanceof z.ZodCustom)
        Object.assign(jsonSchema, toJson(zodSchema.out));
      if (zodSchema instanceof z.ZodObject)
        jsonSchema.properties = Object.fromEntries(
          Object.entries(jsonSchema.properties ?? {}).filter(([name]) => !isGone(zodSchema.shape[name])),
        );
      // Names are texts in any case, and what is left out needs no value there.
      delete jsonSchema.propertyNames;
    },
  });
  delete json.$schema;
  return json;
}

function propertiesOf({ properties = {} }: JsonSchema): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      typeof property === "object" ? property : {},
    ]),
  );
}

function valueOf(schema: JsonSchema = {}): JsonSchema {
  const { additionalProperties } = schema;
  return typeof additionalProperties === "object" ? additionalProperties : {};
}

function itemOf({ items }: JsonSchema): JsonSchema {
  return typeof items === "object" && !Array.isArray(items) ? items : {};
}

function closedWith(schema: JsonSchema, further: Properties): JsonSchema {
  return { ...schema, properties: { ...schema.properties, ...further } };
}

function without(schema: JsonSchema, names: string[]): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name));
  const required = schema.required?.filter((name) => !names.includes(name)) ?? [];
  return { ...schema, properties: Object.fromEntries(properties), required };
}
