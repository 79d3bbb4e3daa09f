import type * as pulumi from "@pulumi/pulumi";
import type { BackupArgs } from "./backup-types";
import type { LogArgs, ResourcesArgs } from "./container-types";
import type { RegistryArgs } from "./registry-types";

/** What keeps the data. */
export enum DatastoreEngine {
  Redis = "redis",
  Postgres = "postgres",
  Mongodb = "mongodb",
  Kafka = "kafka",
}

/** When Redis writes a change to the disk. */
export enum RedisSync {
  /** Before it says that it is done: nothing that was acknowledged is lost. */
  Always = "always",
  /** Once a second: a crash of the host may lose a second. */
  EverySecond = "everysec",
}

/** What Redis does when its memory is full. */
export enum RedisEviction {
  /** Refuses what would need more. */
  None = "noeviction",
  /** Drops what was not used for longest. */
  LeastRecentlyUsed = "allkeys-lru",
  /** Drops what was not used for longest, of what has an end. */
  LeastRecentlyUsedWithEnd = "volatile-lru",
  /** Drops what is used least. */
  LeastFrequentlyUsed = "allkeys-lfu",
}

/** Settings of Redis. */
export interface RedisArgs {
  /** When a change is on the disk. Defaults to always. */
  sync?: RedisSync;
  /** Most MiB of data. Defaults to three quarters of the memory limit, or else to any amount. */
  maxMemoryMiB?: number;
  /** What happens when they are full. Defaults to none. */
  eviction?: RedisEviction;
  /** Whether a second server follows the first, and takes over within seconds when it fails. Defaults to false. */
  replica?: boolean;
}

/** For how long a client of PostgreSQL's pooler has a connection to the server. */
export enum PostgresPoolMode {
  /** Until its transaction ends: few connections serve many clients, which keep nothing else between transactions. */
  Transaction = "transaction",
  /** Until it disconnects: everything works as it does without the pooler. */
  Session = "session",
}

/** A pooler in front of PostgreSQL. */
export interface PostgresPoolingArgs {
  /** For how long a client has a connection to the server. Defaults to transaction. */
  mode?: PostgresPoolMode;
  /** Most clients that are connected to the pooler. Defaults to 1000. */
  maxClients?: number;
  /** Most connections to the server for each password in use. Defaults to 20, or to what `maxConnections` allows. */
  size?: number;
  /** Image of PgBouncer. Defaults to one that is kept up to date by its project. */
  image?: string;
}

/** Settings of PostgreSQL. */
export interface PostgresArgs {
  /** Name of the database. Defaults to `app`. */
  database?: string;
  /** Most connections. Defaults to 100. */
  maxConnections?: number;
  /** Puts a pooler in front of the server. Defaults to none. */
  pooling?: PostgresPoolingArgs;
  /** Adds a second server that follows the first one and answers what only reads. Defaults to false. */
  readReplica?: boolean;
}

/** What measures a datastore. */
export interface ExporterArgs {
  /** Image to run. Defaults to the exporter that is usual for the engine; MongoDB's is in its own image. */
  image?: string;
  /** The most it may use. Defaults to a quarter of a processor and 64 MiB, for MongoDB 256. */
  limits?: ResourcesArgs;
}

/** An index of a collection. */
export interface MongodbIndex {
  /** Fields in order; one that starts with a hyphen is sorted downwards. */
  keys: string[];
  /** Whether no two documents may have the same values. Defaults to false. */
  unique?: boolean;
  /** Whether documents without the fields are left out. Defaults to false. */
  sparse?: boolean;
  /** Seconds after the time in the field at which a document is removed. Defaults to never. */
  expireAfterSeconds?: number;
  /** Name. Defaults to one that MongoDB makes of the fields. */
  name?: string;
}

/** Settings of MongoDB. */
export interface MongodbArgs {
  /** Name of the database. Defaults to `app`. */
  database?: string;
  /** Number of servers: 1, or a replica set of 3. It stays what it was when there were no data. Defaults to 1. */
  members?: number;
  /** Indexes, by collection. One that is no longer listed stays. */
  indexes?: Record<string, MongodbIndex[]>;
  /** Scripts of mongosh, as paths in the project's folder; each runs once, in this order, in the database. */
  seeds?: string[];
}

/** A topic of Kafka. */
export interface KafkaTopicArgs {
  /** Number of partitions, which can only become more. Defaults to 1. */
  partitions?: number;
  /** Hours that messages are kept, or -1 for ever. Defaults to 168, a week. */
  retentionHours?: number;
  /** Whether the last message of each key is kept, instead of the messages of some hours. Defaults to false. */
  compact?: boolean;
  /** Further settings of topics by Kafka's own names, such as `max.message.bytes`. */
  settings?: Record<string, string>;
}

/** Settings of Kafka. */
export interface KafkaArgs {
  /** Number of brokers, 1 or 3, which stays what it was at first. Defaults to 1. */
  brokers?: number;
  /** Topics by name; one that is not declared any more stays. */
  topics?: Record<string, KafkaTopicArgs>;
}

/** Inputs of `Datastore`. */
export interface DatastoreArgs {
  /** What keeps the data. */
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
  /** What measures it. */
  exporter?: ExporterArgs;
  /** The most it may use. Defaults to no limit. */
  limits?: ResourcesArgs;
  /** What it is meant to get when the host is busy. */
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
