import type { z } from "zod";
import {
  choice,
  closed,
  databaseName,
  type Fields,
  image,
  type Rule,
  whole,
} from "../../arguments/schema-parts";
import { moved } from "../../arguments/moved";
import { serverCount } from "../server-count";
import { type PostgresArgs, type PostgresPoolingArgs, PostgresPoolMode } from "./args";
import { mostPoolSize } from "./pool-size";

const pooling = closed(
  {
    mode: choice(PostgresPoolMode, "be for how long a client has a connection to the server").default(
      PostgresPoolMode.Transaction,
    ),
    maxClients: whole(1, 50_000).default(1000),
    size: whole(1, 5_000).optional(),
    image: image.default("edoburu/pgbouncer:v1.25.2-p0"),
  } satisfies Fields<PostgresPoolingArgs>,
  "be an object with mode, maxClients, size or image",
);

const fields = {
  ...moved({ readReplica: "Set servers instead: 2 for a second server." }),
  ...({
    database: databaseName.default("app"),
    maxConnections: whole(5, 10_000).default(100),
    pooling: pooling.optional(),
    servers: serverCount([1, 2], "The second one follows the first, and answers what only reads."),
  } satisfies Fields<PostgresArgs>),
};

type Given = z.output<z.ZodObject<typeof fields, z.core.$strict>>;

const consoleName: Rule<Given> = {
  needs: ["database"],
  find: ({ database, pooling }) =>
    pooling === undefined || database !== "pgbouncer"
      ? []
      : [
          {
            path: ["database"],
            value: database,
            rule: "have another name where there is a pooler",
            remedy: "This one is the pooler's own console.",
          },
        ],
};

const poolSize: Rule<Given> = {
  needs: ["maxConnections", "pooling.size"],
  find: ({ maxConnections, pooling }) => {
    if (pooling === undefined) return [];
    const most = mostPoolSize(maxConnections);
    const { size = 1 } = pooling;
    const remedy =
      "10 connections are left to administrators, and while a password changes there are two pools.";
    if (most < 1) {
      const rule = "be 12 or more where there is a pooler";
      return [{ path: ["maxConnections"], value: maxConnections, rule, remedy }];
    }
    const rule = `be at most ${most} where maxConnections is ${maxConnections}`;
    return size > most ? [{ path: ["pooling", "size"], value: size, rule, remedy }] : [];
  },
};

export const postgresSettings = closed(
  fields,
  "be an object with database, maxConnections, pooling or servers",
  undefined,
  [consoleName, poolSize],
).transform(({ pooling, ...rest }) => ({
  ...rest,
  pooling: pooling && { ...pooling, size: pooling.size ?? Math.min(20, mostPoolSize(rest.maxConnections)) },
}));

/** PostgreSQL's settings, with everything filled in. */
export type PostgresSettings = z.output<typeof postgresSettings>;

/** Its pooler. */
export type PoolingSettings = NonNullable<PostgresSettings["pooling"]>;
