import type * as pulumi from "@pulumi/pulumi";
import type { BackupArgs } from "./backup-types";
import type { LogArgs, ResourcesArgs } from "./container-types";
import type { KafkaArgs } from "./datastore/kafka/args";
import type { MongodbArgs } from "./datastore/mongodb/args";
import type { PostgresArgs } from "./datastore/postgres/args";
import type { RedisArgs } from "./datastore/redis/args";
import type { RegistryArgs } from "./registry-types";

export * from "./datastore/kafka/args";
export * from "./datastore/mongodb/args";
export * from "./datastore/postgres/args";
export * from "./datastore/redis/args";

/** Engine that keeps the data. */
export enum DatastoreEngine {
  Redis = "redis",
  Postgres = "postgres",
  Mongodb = "mongodb",
  Kafka = "kafka",
}

/** Exporter that measures a datastore. */
export interface ExporterArgs {
  /** Image to run. Defaults to the exporter that is usual for the engine; MongoDB's is in its own image. */
  image?: string;
  /** The most it may use. Defaults to a quarter of a processor and 64 MiB, for MongoDB 256. */
  limits?: ResourcesArgs;
}

/** Inputs of `Datastore`. */
export interface DatastoreArgs {
  /** Engine that keeps the data. */
  engine: DatastoreEngine;
  /** Image to run. Defaults to the engine's official one. */
  image?: string;
  /** Where its images come from. Defaults to what their names say. */
  registry?: RegistryArgs;
  /** Password of the application. Defaults to one that is generated once. */
  password?: pulumi.Input<string>;
  /** Number of the password; a new one makes a new password, and the one before stays valid until the next. Defaults to 1. */
  passwordVersion?: number;
  /** Name of the Docker volume with the data. Defaults to `<project>-<stack>-<name>`. */
  volume?: string;
  /** Whether Pulumi refuses to delete the volume's resource. Defaults to false. */
  protect?: boolean;
  /** Settings of Redis. */
  redis?: RedisArgs;
  /** Settings of PostgreSQL. */
  postgres?: PostgresArgs;
  /** Settings of MongoDB. */
  mongodb?: MongodbArgs;
  /** Settings of Kafka. */
  kafka?: KafkaArgs;
  /** Whether it has figures for Prometheus. Defaults to false. */
  metrics?: boolean;
  /** Exporter that measures it. */
  exporter?: ExporterArgs;
  /** The most it may use. Defaults to no limit. */
  limits?: ResourcesArgs;
  /** The share meant for it when the host is busy. */
  reservations?: ResourcesArgs;
  /** How it is backed up. Defaults to not at all. */
  backup?: BackupArgs;
  /** How much log is kept. */
  logs?: LogArgs;
  /** Seconds it has to become healthy. Defaults to 120, and to 600 for Kafka, which reads its newest messages first after a crash. */
  startSeconds?: number;
  /** Seconds it has to end cleanly. Defaults to 60. */
  stopSeconds?: number;
}

/** How a pool reaches a datastore. */
export interface StoreConnection {
  /** Address, with user and password. */
  url: string;
  /** Name of the Docker network on which only the datastore and its users are. */
  network: string;
}
