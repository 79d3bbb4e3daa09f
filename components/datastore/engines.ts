import type { z } from "zod";
import { DatastoreEngine } from "../datastore-types";
import type { StoreEngine } from "./engine";
import { kafka } from "./kafka/engine";
import { kafkaSettings } from "./kafka/schema";
import { mongodb } from "./mongodb/engine";
import { mongodbSettings } from "./mongodb/schema";
import { postgres } from "./postgres/engine";
import { postgresSettings } from "./postgres/schema";
import { redis } from "./redis/engine";
import { redisSettings } from "./redis/schema";

/** The field with the settings of each engine. */
export const engineFields = {
  [DatastoreEngine.Redis]: redisSettings.optional(),
  [DatastoreEngine.Postgres]: postgresSettings.optional(),
  [DatastoreEngine.Mongodb]: mongodbSettings.optional(),
  [DatastoreEngine.Kafka]: kafkaSettings.optional(),
};

/** The settings of each engine, as they are given. */
export type GivenSettings = { [Engine in DatastoreEngine]?: z.output<(typeof engineFields)[Engine]> };

/** The settings of an engine, with everything filled in. */
export type SettingsOf<Engine extends DatastoreEngine> = NonNullable<GivenSettings[Engine]>;

export const engines: { [Engine in DatastoreEngine]: StoreEngine<SettingsOf<Engine>> } = {
  [DatastoreEngine.Redis]: redis,
  [DatastoreEngine.Postgres]: postgres,
  [DatastoreEngine.Mongodb]: mongodb,
  [DatastoreEngine.Kafka]: kafka,
};
