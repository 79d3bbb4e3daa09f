import type * as pulumi from "@pulumi/pulumi";
import type { LogArgs, ResourcesArgs } from "./types";

/** What keeps the data. */
export enum DatastoreEngine {
  Redis = "redis",
  Postgres = "postgres",
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

/** Settings of PostgreSQL. */
export interface PostgresArgs {
  /** Name of the database. Defaults to `app`. */
  database?: string;
  /** Most connections. Defaults to 100. */
  maxConnections?: number;
}

/** What measures a datastore. */
export interface ExporterArgs {
  /** Image to run. Defaults to the exporter that is usual for the engine. */
  image?: string;
  /** The most it may use. Defaults to a quarter of a processor and 64 MiB. */
  limits?: ResourcesArgs;
}

/** Inputs of `Datastore`. */
export interface DatastoreArgs {
  /** What keeps the data. */
  engine: DatastoreEngine;
  /** Image to run. Defaults to the engine's official one. */
  image?: string;
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
  /** Whether it has figures for Prometheus. Defaults to false. */
  metrics?: boolean;
  /** What measures it. */
  exporter?: ExporterArgs;
  /** The most it may use. Defaults to no limit. */
  limits?: ResourcesArgs;
  /** What it is meant to get when the host is busy. */
  reservations?: ResourcesArgs;
  /** How much log is kept. */
  logs?: LogArgs;
  /** Seconds it has to become healthy. Defaults to 120. */
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
