import { type PostgresArgs, type PostgresPoolingArgs, PostgresPoolMode } from "../../datastore-types";
import type { Problem } from "../../arguments/problems";
import { choice, closed, databaseName, type Fields, flag, image, whole } from "../../arguments/schema-parts";
import { mostPoolSize } from "./pooler";

const pooling = closed(
  {
    mode: choice(PostgresPoolMode, "be for how long a client has a connection to the server").optional(),
    maxClients: whole(1, 50_000).optional(),
    size: whole(1, 5_000).optional(),
    image: image.optional(),
  } satisfies Fields<PostgresPoolingArgs>,
  "be an object with mode, maxClients, size or image",
);

/** What PostgreSQL's settings look like. */
export const postgresSchema = closed(
  {
    database: databaseName.optional(),
    maxConnections: whole(5, 10_000).optional(),
    pooling: pooling.optional(),
    readReplica: flag().optional(),
  } satisfies Fields<PostgresArgs>,
  "be an object with database, maxConnections, pooling or readReplica",
);

/** Finds settings that do not fit together. */
export function checkPostgres({ database, maxConnections = 100, pooling }: PostgresArgs = {}): Problem[] {
  if (pooling === undefined) return [];
  const most = mostPoolSize(maxConnections);
  const { size = 1 } = pooling;
  const remedy =
    "10 connections are left to administrators, and while a password changes there are two pools.";
  return [
    ...(database === "pgbouncer"
      ? [
          {
            path: ["postgres", "database"],
            value: database,
            rule: "have another name where there is a pooler",
            remedy: "This one is the pooler's own console.",
          },
        ]
      : []),
    ...(most < 1
      ? [
          {
            path: ["postgres", "maxConnections"],
            value: maxConnections,
            rule: "be 12 or more where there is a pooler",
            remedy,
          },
        ]
      : size > most
        ? [
            {
              path: ["postgres", "pooling", "size"],
              value: size,
              rule: `be at most ${most} where maxConnections is ${maxConnections}`,
              remedy,
            },
          ]
        : []),
  ];
}
