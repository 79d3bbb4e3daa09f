import { DatastoreEngine } from "../../components/datastore-types";
import { readVariables } from "../compose/variables";
import type { Context, Unit } from "./context";

/** The users of a server, as Compose has them. */
export interface Account {
  user: string | undefined;
  password: string | undefined;
  /** Variable of the environment that the password comes from, where that has no value. */
  variable: string | undefined;
  database: string | undefined;
}

const names: Record<DatastoreEngine, Record<"user" | "password" | "database", string[]>> = {
  [DatastoreEngine.Redis]: { user: [], password: ["REDIS_PASSWORD"], database: [] },
  [DatastoreEngine.Postgres]: {
    user: ["POSTGRES_USER", "POSTGRESQL_USERNAME"],
    password: ["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"],
    database: ["POSTGRES_DB", "POSTGRESQL_DATABASE"],
  },
  [DatastoreEngine.Mongodb]: {
    user: ["MONGO_INITDB_ROOT_USERNAME", "MONGODB_USERNAME", "MONGODB_ROOT_USER"],
    password: ["MONGO_INITDB_ROOT_PASSWORD", "MONGODB_PASSWORD", "MONGODB_ROOT_PASSWORD"],
    database: ["MONGO_INITDB_DATABASE", "MONGODB_DATABASE"],
  },
  [DatastoreEngine.Kafka]: { user: [], password: [], database: [] },
};

/** The engine of a unit that is a datastore. */
export function engineOf({ kind }: Unit): DatastoreEngine | undefined {
  return kind.is === "store" ? kind.engine : undefined;
}

/** The name of the application's user. */
export function nameStoreUser(unit: Unit): string {
  return engineOf(unit) === DatastoreEngine.Redis ? "app" : "app_v1";
}

/** Finds the user, the password and the database of a server in Compose. */
export function findAccount(unit: Unit, { project }: Context): Account {
  const engine = engineOf(unit) ?? DatastoreEngine.Redis;
  const [service] = unit.services;
  const variables = readVariables(service, project, () => undefined);
  const find = (which: "user" | "password" | "database"): string | undefined =>
    names[engine][which]
      .map((name) => variables.get(name)?.value)
      .find((value) => value !== undefined && value !== "");
  const [unknown] = names[engine].password.flatMap((name) => service.unsetIn("environment", name));
  if (engine === DatastoreEngine.Redis) {
    const words = service.fields.command ?? [];
    const at = words.indexOf("--requirepass") + 1;
    const [variable = unknown] = at === 0 ? [] : service.unsetIn("command", at);
    return {
      user: undefined,
      password: find("password") ?? (at === 0 ? undefined : words[at]),
      variable,
      database: undefined,
    };
  }
  const isPostgres = engine === DatastoreEngine.Postgres;
  return {
    user: find("user") ?? (isPostgres ? "postgres" : undefined),
    password: find("password"),
    variable: unknown,
    database: find("database") ?? (isPostgres ? find("user") : undefined),
  };
}
