import {
  type DatastoreArgs,
  DatastoreEngine,
  type ExporterArgs,
  type RedisArgs,
  RedisEviction,
  RedisSync,
} from "../datastore-types";
import { asRecord, type Problem } from "../arguments/problems";
import { registry } from "../arguments/registry";
import { hideSecrets, secretInput } from "../arguments/secrecy";
import { backup, backupProblems } from "./backups/schema";
import {
  choice,
  closed,
  type Fields,
  flag,
  image,
  logs,
  most,
  resources,
  text,
  toProblems,
  whole,
} from "../arguments/schema-parts";
import { checkKafka, kafka } from "./kafka/schema";
import { checkMongodb, mongodb } from "./mongodb/schema";
import { checkPostgres, postgresSchema } from "./postgres/schema";

const redis = closed(
  {
    sync: choice(RedisSync, "be when Redis writes to the disk").optional(),
    maxMemoryMiB: whole(1, most).optional(),
    eviction: choice(RedisEviction, "be what Redis does when its memory is full").optional(),
    replica: flag().optional(),
  } satisfies Fields<RedisArgs>,
  "be an object with sync, maxMemoryMiB, eviction or replica",
);

const exporter = closed(
  { image: image.optional(), limits: resources.optional() } satisfies Fields<ExporterArgs>,
  "be an object with image, limits or both",
);

/** What describes a datastore. */
export const datastoreSchema = closed(
  {
    engine: choice(DatastoreEngine, "be what keeps the data"),
    image: image.optional(),
    registry: registry.optional(),
    // It becomes a part of an address.
    password: secretInput(
      "be a password of at least 16 letters, digits, hyphens, dots, underscores and tildes",
      (value) => /^[\w.~-]{16,}$/.test(value),
    ).optional(),
    passwordVersion: whole(1, 1_000_000).optional(),
    volume: text("be the name of a Docker volume", /^[a-zA-Z0-9][\w.-]*$/).optional(),
    protect: flag().optional(),
    redis: redis.optional(),
    postgres: postgresSchema.optional(),
    mongodb: mongodb.optional(),
    kafka: kafka.optional(),
    metrics: flag().optional(),
    exporter: exporter.optional(),
    limits: resources.optional(),
    reservations: resources.optional(),
    backup: backup.optional(),
    logs: logs.optional(),
    startSeconds: whole(1, 86_400).optional(),
    stopSeconds: whole(1, 3600).optional(),
  } satisfies Fields<DatastoreArgs>,
  "be an object that describes the datastore",
);

/** Finds everything that is wrong with the arguments of a `Datastore`, in one go. */
export function datastoreProblems(name: string, args: unknown): Problem[] {
  const shape = datastoreSchema.safeParse(args, { reportInput: true });
  return hideSecrets(datastoreSchema, [
    ...checkName(name),
    ...(shape.error?.issues ?? []).flatMap(toProblems),
    ...checkEngine(asRecord(args) ?? {}),
    ...backupProblems(asRecord(args)?.backup),
    ...checkExporter(asRecord(args) ?? {}),
    ...(shape.success ? checkPostgres((args as DatastoreArgs).postgres) : []),
    ...checkMongodb(asRecord(args) ?? {}),
    ...checkKafka(asRecord(args) ?? {}),
  ]);
}

function checkName(name: string): Problem[] {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(name)) return [];
  const rule = "be a name of at most 31 lower-case letters, digits and hyphens that starts with a letter";
  return [{ path: ["name"], value: name, rule, remedy: "The name becomes a host name." }];
}

/** Finds settings of another engine. */
function checkEngine(fields: Record<string, unknown>): Problem[] {
  const engines: string[] = Object.values(DatastoreEngine);
  return engines
    .filter((engine) => engine !== fields.engine && fields[engine] !== undefined)
    .map((engine) => ({
      path: [engine],
      value: fields[engine],
      rule: `be left out where engine is ${String(fields.engine)}`,
      remedy: "Remove it, or change the engine.",
    }));
}

function checkExporter({ engine, metrics, exporter: described }: Record<string, unknown>): Problem[] {
  const image = asRecord(described)?.image;
  if (engine === DatastoreEngine.Mongodb && image !== undefined) {
    const remedy = "Remove it: the shell in the datastore's own image gives the figures.";
    return [
      { path: ["exporter", "image"], value: image, rule: `be left out where engine is ${engine}`, remedy },
    ];
  }
  if (described === undefined || metrics === true) return [];
  const remedy = "Set metrics to true, or remove it.";
  return [{ path: ["exporter"], value: described, rule: "be left out where metrics is not true", remedy }];
}
