import { createHmac } from "node:crypto";
import type { ResourcesArgs } from "../container-types";
import type { Problem } from "../arguments/problems";

/** Image for Flotilla's own programs beside a datastore. */
export const nodeImage = "node:24-slim";

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

/** How often a server is asked whether it is healthy. */
interface HealthTimes {
  intervalSeconds?: number;
  timeoutSeconds?: number;
  retries?: number;
}

/** One container of a datastore; what depends on passwords is a function of them. */
export interface ServerRecipe<Secrets = StoreSecrets> {
  /** Name among the containers of its datastore. */
  title: string;
  /** Names that it is reached by on the datastore's network. */
  aliases: string[];
  /** Image; the datastore's own when left out. */
  image?: string;
  /** Folder of its data, which is kept in a volume of its own; when left out, it keeps none. */
  dataFolder?: string;
  /** Program that starts it; the image's own when left out. */
  entrypoint?: string[];
  /** Arguments for it; the image's own when left out. */
  command?: string[];
  /** Environment variables without secrets. */
  env?: Record<string, string>;
  /** Shell command whose exit code 0 means that it takes requests. */
  health: string;
  healthTimes?: HealthTimes;
  /** Signal that ends it; the image's own when left out. */
  stopSignal?: string;
  /** Files in the container, by path; encrypted in the state. */
  files?: (secrets: Secrets) => Record<string, string>;
  /** Shell script that is run in it when it is healthy, before the next one is started. It may be run again. */
  prepare?: (secrets: StoreSecrets) => string;
  /** Shell script that is run in it before it is removed, while its companions and users are still there. */
  leave?: (secrets: StoreSecrets) => string;
  /** The most it may use; what the datastore may use when left out. */
  limits?: ResourcesArgs;
  /** Whether its program is a user of its own from the start, and needs nothing of root's. */
  needsNoRoot?: true;
  /** User that it runs as; the image's own when left out. */
  user?: string;
}

/** How an engine is backed up, by the tools in its own image. */
export interface BackupRecipe {
  /**
   * Shell functions, which end with another exit code than 0 when they fail:
   * - `dump file` dumps into a file; `verify file` starts a server with a dump that nobody else reaches; `restore file` puts
   *   a dump in the place of the data; `count` looks at the data. Each prints what is there, as lines of a name and a
   *   number; `restore` prints what is there before others can write again. A name that starts with `~` is of what may
   *   come to an end, one that starts with `#` of what `count` need not know. `verify` prints all that `dump` does.
   * - `recover` removes what a restore has left that was interrupted.
   */
  functions: string;
  /** Passwords by user, as files of the container that dumps. */
  passwords: (secrets: StoreSecrets) => Record<string, string>;
  /** Further files of the container that dumps, by path. */
  files?: (secrets: StoreSecrets) => Record<string, string>;
  /** User of the container that dumps; the image's own when left out. */
  user?: string;
  /** Where the container that dumps has the data of the servers, each in a folder of its number; none when left out. */
  dataFolders?: string;
}

/** A container that measures a server for Prometheus. */
export interface ExporterRecipe<Secrets = StoreSecrets> extends Omit<ServerRecipe<Secrets>, "health"> {
  /** The same as for a server; none where the image has no shell. */
  health?: string;
  /** Port that answers with figures. */
  port: number;
  /** Host name of the server. */
  server: string;
}

/** Objections of a running server to a change. */
export interface Objections {
  /** Settings that do not go with it. */
  problems: Problem[];
  /** Whole sentences. */
  warnings: string[];
}

/** Check by a running server before anything of its datastore is changed. */
export interface StoreGuard {
  title: string;
  /** Shell command that is run in it. */
  command: string;
  /** Finds objections in its output. */
  findObjections: (printed: string) => Objections;
}

/** Something for each server, of which there is one at least. */
export type ForEachServer<Item> = [Item, ...Item[]];

/** The parts of a datastore. */
export interface StoreRecipe {
  /** The servers, in the order in which they are started and replaced, the next when the one before is healthy. */
  servers: ForEachServer<ServerRecipe>;
  /** Number of servers that must run before one of them can be healthy. Defaults to 1. */
  quorum?: number;
  /** Whether the number of servers stays what it was when there were no data. */
  keepsServerCount?: boolean;
  /** Check that is made before anything is changed. */
  guard?: StoreGuard;
  /** Containers in front of the servers or beside them, which may need the users to be healthy. */
  companions?: ServerRecipe[];
  /** Containers that measure the servers, which nothing waits for. */
  exporters: ExporterRecipe[];
  /** Shell script that is run in the first server when all are healthy: users and what they use. It may be run again. */
  configure: (secrets: StoreSecrets) => string;
  /** Address for applications. */
  url: (secrets: StoreSecrets) => string;
  /** How it is backed up. */
  backup: BackupRecipe;
  /** Further addresses, by name. */
  addresses?: Record<string, (secrets: StoreSecrets) => string>;
}

/** The same for each of so many servers, by its number from 1. */
export function forEachServer<Item>(count: number, make: (number: number) => Item): ForEachServer<Item> {
  return [make(1), ...Array.from({ length: count - 1 }, (_, index) => make(index + 2))];
}

/** Name of the n-th server: an only one has no number, and keeps its name when others join. */
export function titleServer(number: number): string {
  return number === 1 ? "server" : `server-${number}`;
}

/** The host name of the n-th server alone, which is known even where another container answers for all. */
export function nameServer(store: string, number: number): string {
  return `${store}-${number}`;
}

/** A password for a user that only the datastore's own containers have. */
export function derivePassword({ administrator }: StoreSecrets, user: string): string {
  return createHmac("sha256", administrator).update(user).digest("base64url");
}
