// An argument that may be left out may be undefined too, as `config.get` gives it: nobody has to spread what there may not be.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { Datastore, LoadBalancedService, Monitoring, Secret } from "../../../components";
import { readArguments } from "../../../components/arguments/parse";
import { asRecord } from "../../../components/arguments/problems";
import { datastoreSchema } from "../../../components/datastore/schema";
import { monitoringSchema } from "../../../components/monitoring/schema";
import { secretSchema } from "../../../components/secret/schema";
import { serviceSchema } from "../../../components/service/schema";
import { answerWithoutVolume, fakeDocker, resetDocker } from "../../support/fake-docker";
import { record } from "../../support/recorder";

beforeEach(() => {
  fakeDocker.answer = answerWithoutVolume;
});
afterEach(resetDocker);

type Fields = Record<string, unknown>;

const minimal = {
  service: {
    pools: { api: { image: "node:24-slim", port: 3000 }, jobs: { image: "node:24-slim" } },
    routes: [{ path: "/", pool: "api" }],
    balancer: {},
  },
  store: (engine: string, own: string): Fields => ({ engine, [own]: {}, backup: {}, limits: {} }),
};

const components: [string, z.ZodType, Fields, (args: never) => unknown][] = [
  ["LoadBalancedService", serviceSchema, minimal.service, (args) => new LoadBalancedService("name", args)],
  ...["postgres", "mongodb", "kafka", "redis"].map((engine): (typeof components)[number] => [
    ...([`Datastore of ${engine}`, datastoreSchema, minimal.store(engine, engine)] as const),
    (args) => new Datastore("name", args),
  ]),
  ["Monitoring", monitoringSchema, { sources: [], grafana: {} }, (args) => new Monitoring("name", args)],
  ["Secret", secretSchema, {}, (args) => new Secret("name", args)],
];

describe.each(components)("what may be left out of a %s", (_, schema, args, create) => {
  const full = addObjects(schema, args);

  test("may be undefined", () => {
    const undefinedToo = sayUndefined(schema, full);
    expect(countUndefined(undefinedToo)).toBeGreaterThan(0);
    expect(readArguments(schema, undefinedToo)).toMatchObject({ problems: [] });
  });

  test("makes the same when it is undefined", async () => {
    const make = (given: unknown) => record(() => create(given as never), { preview: true });
    const { resources: expected } = await make(full);
    const { resources } = await make(sayUndefined(schema, full));
    expect(resources.map(withoutHooks)).toEqual(expected.map(withoutHooks));
  });
});

type Hooks = Record<"beforeCreate" | "afterCreate", unknown[]>;

function withoutHooks({ beforeCreate, afterCreate, ...resource }: Hooks): object {
  return { ...resource, hooks: [beforeCreate.length, afterCreate.length] };
}

/** The arguments with every object that may be empty, as far as these go together. */
function addObjects(schema: z.ZodType, args: Fields): Fields {
  let found = args;
  for (const path of listObjects(schema, args)) {
    const more = put(found, path);
    if (readArguments(schema, more).problems.length === 0) found = more;
  }
  return found;
}

/** Paths of the objects that arguments do not have yet. */
function listObjects(schema: z.ZodType, value: unknown): string[][] {
  return listFields(schema, value).flatMap(({ name, schema: field, value: given }) => {
    const isMissing = given === undefined && unwrap(field) instanceof z.ZodObject;
    const inner = listObjects(field, isMissing ? {} : given);
    return [...(isMissing ? [[]] : []), ...inner].map((path) => [name, ...path]);
  });
}

/** The arguments with all that they leave out as undefined. */
function sayUndefined(schema: z.ZodType, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = unwrap(schema);
    return value.map((item: unknown): unknown =>
      items instanceof z.ZodArray ? sayUndefined(asSchema(items.element), item) : item,
    );
  }
  const fields = listFields(schema, value);
  if (fields.length === 0) return value;
  const said = fields.map(({ name, schema: field, value: given }) => [
    name,
    given === undefined ? undefined : sayUndefined(field, given),
  ]);
  return { ...asRecord(value), ...(Object.fromEntries(said) as object) };
}

/** The fields that an object has, or may have. */
function listFields(
  schema: z.ZodType,
  value: unknown,
): { name: string; schema: z.ZodType; value: unknown }[] {
  const fields = asRecord(value);
  const inner = unwrap(schema);
  if (fields === undefined) return [];
  if (inner instanceof z.ZodRecord)
    return Object.entries(fields).map(([name, each]) => ({
      name,
      schema: asSchema(inner.valueType),
      value: each,
    }));
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).map(([name, each]) => ({
    name,
    schema: asSchema(each),
    value: fields[name],
  }));
}

/** The schema of what is inside defaults and checks. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) {
    const [from, to] = [asSchema(schema.in), asSchema(schema.out)];
    return unwrap(to instanceof z.ZodTransform ? from : to);
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(asSchema(schema.unwrap()));
  return schema;
}

function asSchema(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodType) return schema;
  throw new Error("There is something else than a schema.");
}

function put(target: Fields, [name = "", ...rest]: string[]): Fields {
  const inner = asRecord(target[name]) ?? {};
  return { ...target, [name]: rest.length === 0 ? inner : put(inner, rest) };
}

function countUndefined(value: unknown): number {
  if (value === undefined) return 1;
  return Object.values(asRecord(value) ?? {}).reduce<number>((sum, each) => sum + countUndefined(each), 0);
}
