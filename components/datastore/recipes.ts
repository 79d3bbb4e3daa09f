import { type DatastoreArgs, DatastoreEngine } from "../datastore-types";
import { describeKafka } from "./kafka/recipe";
import { describeMongodb } from "./mongodb/recipe";
import { describePostgres } from "./postgres/recipe";
import type { DescribeStore, StoreRecipe } from "./recipe";
import { describeRedis } from "./redis/recipe";
import { nameVolume } from "./volume";

const recipes: Record<DatastoreEngine, DescribeStore> = {
  [DatastoreEngine.Redis]: describeRedis,
  [DatastoreEngine.Postgres]: describePostgres,
  [DatastoreEngine.Mongodb]: describeMongodb,
  [DatastoreEngine.Kafka]: describeKafka,
};

/** What an engine needs to be run as a datastore of this name. */
export function describeStore(name: string, args: DatastoreArgs): StoreRecipe {
  return recipes[args.engine](name, args);
}

/** Names of the volumes in which a datastore of this name keeps its data. */
export function listVolumes(name: string, args: DatastoreArgs): string[] {
  return describeStore(name, args).servers.flatMap(({ title, dataFolder }, index) =>
    dataFolder === undefined ? [] : [nameVolume(name, args, { title, isFirst: index === 0 })],
  );
}
