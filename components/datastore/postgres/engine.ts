import type { StoreEngine } from "../engine";
import { resolvePostgres } from "./recipe";
import { type PostgresSettings, postgresSettings } from "./schema";

/** PostgreSQL, with an owner for the schema and another user for the application. */
export const postgres: StoreEngine<PostgresSettings> = {
  image: "postgres:18.1",
  startSeconds: 120,
  defaults: postgresSettings.parse({}),
  rules: [],
  resolveRecipe: resolvePostgres,
};
