import { z } from "zod";
import { DatastoreEngine, type MongodbArgs, type MongodbIndex } from "../../datastore-types";
import { asRecord, type Problem } from "../../arguments/problems";
import {
  byName,
  check,
  closed,
  databaseName,
  type Fields,
  flag,
  listOf,
  phrase,
  text,
  textList,
  whole,
} from "../../arguments/schema-parts";
import { checkSeeds } from "./seeds";

const leastMemoryMiB = 512;

const members = phrase("be 1 or 3", "Of two servers, none can go on when the other is gone.");

const index = closed(
  {
    keys: listOf(
      text(
        "be a field, with a hyphen in front for the other direction",
        /^-?(?!\d+$)[^\s$-][^\s$]*$/,
        "Write it like customer or -placedAt; indexes of other kinds are made by a script of seeds.",
      ),
      "be a list of fields, one at least",
    ),
    unique: flag().optional(),
    sparse: flag().optional(),
    expireAfterSeconds: whole(0, 2_147_483_647).optional(),
    name: text("be a name without spaces and asterisks", /^[^\s*]{1,120}$/).optional(),
  } satisfies Fields<MongodbIndex>,
  "be an object with keys, and unique, sparse, expireAfterSeconds or name",
);

/** The shape of MongoDB's settings. */
export const mongodb = closed(
  {
    database: check(
      databaseName,
      (value) => !["admin", "local", "config"].includes(value),
      phrase("be no database of MongoDB itself", "Set another name, like app."),
    ).optional(),
    members: check(z.number(members), (value) => value === 1 || value === 3, members).optional(),
    indexes: byName(
      listOf(index, "be a list of indexes, one at least"),
      "be an object of indexes by collection",
      "Write it like { orders: [{ keys: [customer, -placedAt] }] }.",
    ).optional(),
    seeds: textList("be a list of scripts, one at least").optional(),
  } satisfies Fields<MongodbArgs>,
  "be an object with database, members, indexes or seeds",
);

/** Finds what is wrong with a datastore of MongoDB beyond its shape. */
export function checkMongodb(fields: Record<string, unknown>): Problem[] {
  if (fields.engine !== DatastoreEngine.Mongodb) return [];
  const settings = asRecord(fields.mongodb) ?? {};
  return [
    ...checkCollections(settings.indexes),
    ...checkSeeds(["mongodb", "seeds"], settings.seeds),
    ...checkMemory(asRecord(fields.limits)?.memoryMiB),
  ];
}

function checkCollections(indexes: unknown): Problem[] {
  return Object.keys(asRecord(indexes) ?? {})
    .filter((collection) => !/^(?!system\.)[A-Za-z_][\w.-]{0,119}$/.test(collection))
    .map((collection) => ({
      path: ["mongodb", "indexes", collection],
      value: collection,
      rule: "be the name of a collection of the application",
      remedy: "Names have letters, digits, underscores, dots and hyphens, and start with a letter.",
    }));
}

function checkMemory(memoryMiB: unknown): Problem[] {
  if (typeof memoryMiB !== "number" || memoryMiB >= leastMemoryMiB) return [];
  return [
    {
      path: ["limits", "memoryMiB"],
      value: memoryMiB,
      rule: `be ${leastMemoryMiB} or more where engine is mongodb`,
      remedy: "Its cache takes 256 MiB at least, and the health check needs memory too.",
    },
  ];
}
