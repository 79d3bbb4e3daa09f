import { z } from "zod";
import { type DatastoreArgs, DatastoreEngine, type ExporterArgs } from "../datastore-types";
import { registry } from "../arguments/registry";
import { secretInput } from "../arguments/secrecy";
import { logs } from "../arguments/logs";
import {
  choice,
  closed,
  type Fields,
  flag,
  image,
  dockerVolume,
  resources,
  type Rule,
  whole,
} from "../arguments/schema-parts";
import { type BackupModel, backupSchema } from "./backups/schema";

const exporter = closed(
  { image: image.optional(), limits: resources.optional() } satisfies Fields<ExporterArgs>,
  "be an object with image, limits or both",
);

/** Fields of a datastore of any engine. */
export const storeFields = {
  engine: choice(DatastoreEngine, "be what keeps the data"),
  image: image.optional(),
  registry: registry.optional(),
  // It becomes a part of an address.
  password: secretInput(
    "be a password of at least 16 letters, digits, hyphens, dots, underscores and tildes",
    (value) => /^[\w.~-]{16,}$/.test(value),
  ).optional(),
  passwordVersion: whole(1, 1_000_000).default(1),
  volume: dockerVolume.optional(),
  protect: flag().default(false),
  metrics: flag().default(false),
  exporter: exporter.optional(),
  limits: resources.optional(),
  reservations: resources.optional(),
  backup: backupSchema.optional(),
  logs,
  startSeconds: whole(1, 86_400).optional(),
  stopSeconds: whole(1, 3600).default(60),
} satisfies Fields<Omit<DatastoreArgs, `${DatastoreEngine}`>>;

/** The same as it was given, with the defaults that do not depend on the engine. */
export type StoreFields = z.output<z.ZodObject<typeof storeFields, z.core.$strict>>;

/** The rule that a server may use as much memory as its engine needs. */
export function leastMemory(engine: DatastoreEngine, leastMiB: number, remedy: string): Rule<StoreFields> {
  return {
    needs: ["limits.memoryMiB"],
    find: ({ limits: { memoryMiB = leastMiB } = {} }) => {
      if (memoryMiB >= leastMiB) return [];
      const rule = `be ${leastMiB} or more where engine is ${engine}`;
      return [{ path: ["limits", "memoryMiB"], value: memoryMiB, rule, remedy }];
    },
  };
}

/** A datastore of any engine, with everything filled in. */
export interface StoreModel extends StoreFields {
  image: string;
  exporter: ExporterArgs;
  backup?: BackupModel;
  startSeconds: number;
}

/** A datastore with the settings of its engine. */
export type StoreModelWith<Settings> = StoreModel & { settings: Settings };
