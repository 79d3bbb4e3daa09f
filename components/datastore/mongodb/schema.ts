import type { z } from "zod";
import {
  byName,
  check,
  closed,
  databaseName,
  type Fields,
  flag,
  listOf,
  phrase,
  type Rule,
  text,
  textList,
  whole,
} from "../../arguments/schema-parts";
import { DatastoreEngine } from "../../datastore-types";
import { leastMemory, type StoreFields } from "../fields";
import { moved } from "../../arguments/moved";
import { serverCount } from "../server-count";
import type { MongodbArgs, MongodbIndex } from "./args";
import { findSeedProblems } from "./seeds";

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

export const mongodbSettings = closed(
  {
    ...moved({ members: "Set servers instead." }),
    ...({
      database: check(
        databaseName,
        (value) => !["admin", "local", "config"].includes(value),
        phrase("be no database of MongoDB itself", "Set another name, like app."),
      ).default("app"),
      servers: serverCount([1, 3], "Of two, none can go on when the other is gone."),
      indexes: byName(
        listOf(index, "be a list of indexes, one at least"),
        "be an object of indexes by collection",
        "Write it like { orders: [{ keys: [customer, -placedAt] }] }.",
      ).default({}),
      seeds: textList("be a list of scripts, one at least").default([]),
    } satisfies Fields<MongodbArgs>),
  },
  "be an object with database, servers, indexes or seeds",
  undefined,
  [
    {
      needs: ["indexes"],
      find: ({ indexes }) =>
        Object.keys(indexes)
          .filter((collection) => !/^(?!system\.)[A-Za-z_][\w.-]{0,119}$/.test(collection))
          .map((collection) => ({
            path: ["indexes", collection],
            value: collection,
            rule: "be the name of a collection of the application",
            remedy: "Names have letters, digits, underscores, dots and hyphens, and start with a letter.",
          })),
    },
    { needs: ["seeds"], find: ({ seeds }) => findSeedProblems(["seeds"], seeds) },
  ],
);

/** MongoDB's settings, with everything filled in. */
export type MongodbSettings = z.output<typeof mongodbSettings>;

/** Rules of MongoDB for the rest of a datastore. */
export const mongodbRules: Rule<StoreFields>[] = [
  leastMemory(
    DatastoreEngine.Mongodb,
    512,
    "Its cache takes 256 MiB at least, and the health check needs memory too.",
  ),
  {
    needs: ["exporter.image"],
    find: ({ exporter: { image } = {} }) =>
      image === undefined
        ? []
        : [
            {
              path: ["exporter", "image"],
              value: image,
              rule: "be left out where engine is mongodb",
              remedy: "Remove it: the shell in the datastore's own image gives the figures.",
            },
          ],
  },
];
