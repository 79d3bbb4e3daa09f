import { type DatastoreArgs, DatastoreEngine } from "../../datastore-types";
import { describePostgres } from "./postgres";
import type { DescribeStore, StoreRecipe } from "./recipe";
import { describeRedis } from "./redis";

const recipes: Record<DatastoreEngine, DescribeStore> = {
  [DatastoreEngine.Redis]: describeRedis,
  [DatastoreEngine.Postgres]: describePostgres,
};

/** What an engine needs to be run as a datastore of this name. */
export function describeStore(name: string, args: DatastoreArgs): StoreRecipe {
  return recipes[args.engine](name, args);
}
