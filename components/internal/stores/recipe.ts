import type { DatastoreArgs } from "../../datastore-types";

/** The passwords of a datastore. */
export interface StoreSecrets {
  /** Number of the password in use. */
  version: number;
  /** The password in use. */
  current: string;
  /** The one before, valid until the next change. */
  previous?: string;
  /** Password of the user who may do everything. */
  administrator: string;
}

/** What an engine needs to be run; what depends on passwords is a function of them. */
export interface StoreRecipe {
  /** The official image. */
  image: string;
  /** Port that it listens on. */
  port: number;
  /** Folder of the data in the container. */
  dataFolder: string;
  /** Arguments for the image's entry point. */
  command: string[];
  /** Environment variables without secrets. */
  env: Record<string, string>;
  /** Shell command whose exit code 0 means that it takes requests. */
  health: string;
  /** Files in the container, by path; encrypted in the state. */
  files: (secrets: StoreSecrets) => Record<string, string>;
  /** Shell script that is run in the container when it is healthy: users and their passwords. It may be run again. */
  configure: (secrets: StoreSecrets) => string;
  /** Address for applications. */
  url: (host: string, secrets: StoreSecrets) => string;
}

/** Makes an engine's recipe. */
export type DescribeStore = (args: DatastoreArgs) => StoreRecipe;
