import type { EngineArgs } from "./engine-types";
import type * as pulumi from "@pulumi/pulumi";
import type { BalancerArgs } from "./balancer-types";
import type { BalancingArgs } from "./balancing-types";
import type { CanaryArgs } from "./canary-types";
import type { StoreConnection } from "./datastore-types";
import type { RouteArgs } from "./route-types";
import type { RegistryArgs } from "./registry-types";
import type { PoolMetricsArgs } from "./scrape-types";
import type { LogArgs, ResourcesArgs, SecurityArgs } from "./container-types";

export * from "./container-types";
export * from "./registry-types";
export * from "./engine-types";
export * from "./acme-types";
export * from "./balancer-types";
export * from "./balancing-types";
export * from "./canary-types";
export * from "./route-types";

/** How a pool goes from one version to the next. */
export enum Strategy {
  /** All new replicas beside the old ones, then one switch, then the old ones go. Briefly twice the memory. */
  BlueGreen = "blue-green",
  /** One replica after the other, out of the balancer first. One replica less for a while, no extra memory. */
  Rolling = "rolling",
}

/** An image built from a folder with a Dockerfile. */
export interface BuildArgs {
  /** Folder of the build context, relative to the project's folder. */
  context: string;
  /** Path of the Dockerfile inside the context. Defaults to `Dockerfile`. */
  dockerfile?: string;
  /** Stage of the Dockerfile to build. Defaults to the last one. */
  target?: string;
  /** Build arguments, by name. Defaults to none. */
  args?: Record<string, string>;
  /** Any text; each new one has the image built anew without the builder's cache. Defaults to an empty one: the cache is used. */
  noCache?: string;
}

/** How a replica is asked whether it can take requests. */
export interface HealthCheckArgs {
  /** Path that answers 2xx or 3xx when the replica is healthy. Defaults to `/health`; workers have none. */
  path?: string;
  /** Shell command that is run in the container instead of asking the path; exit code 0 means healthy. Workers without one keep the image's own check. */
  command?: string;
  /** Seconds between two checks. Defaults to 10, or `timeoutSeconds` if that is more. */
  intervalSeconds?: number;
  /** Seconds one check may take. Defaults to 3, or `intervalSeconds` if that is less. */
  timeoutSeconds?: number;
  /** Failed checks in a row that make a replica unhealthy; it is then restarted. Defaults to 3. */
  retries?: number;
  /** Seconds a new replica has to become healthy; failures before do not count. Defaults to 60. */
  startSeconds?: number;
}

/** A volume or a folder of the engine's host inside each replica. Exactly one of `shared`, `volume` and `hostPath`. */
export interface MountArgs {
  /** Absolute path in the container. */
  path: string;
  /** Name of a volume of the service's own: all who name it share it, their users can write to it, and it outlives the stack. */
  shared?: string;
  /** Name of any Docker volume. */
  volume?: pulumi.Input<string>;
  /** Absolute path on the host that runs the engine. */
  hostPath?: string;
  /** Whether replicas may only read. Defaults to false. */
  readOnly?: boolean;
}

/** One group of equal containers. */
export interface PoolArgs {
  /** Image to run; a tag, a digest or an id. Exactly one of `image` and `build`. */
  image?: string;
  /** Image to build and run. Exactly one of `image` and `build`. */
  build?: BuildArgs;
  /** Port that each replica listens on. Defaults to none: the replicas are workers, to which no request comes. */
  port?: number;
  /** Number of replicas, 1 to 1000. Defaults to 1. */
  replicas?: number;
  /** Environment variables, by name. */
  env?: Record<string, pulumi.Input<string>>;
  /** Environment variables that are encrypted in the state and never printed, by name. */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Datastores that the pool uses: their connections by the environment variable that gets the address. */
  stores?: Record<string, pulumi.Input<StoreConnection>>;
  /** Files that are encrypted in the state: contents by absolute path in the container. */
  secretFiles?: Record<string, pulumi.Input<string>>;
  /** Files put into each replica: contents by absolute path in the container. */
  files?: Record<string, pulumi.Input<string>>;
  /** Program and arguments to run instead of the image's. */
  command?: string[];
  /** User to run as, by name or number. Defaults to the image's. */
  user?: string;
  /** The rights of a replica, beyond those that its program's user has. */
  security?: SecurityArgs;
  /** Volumes and folders. */
  mounts?: MountArgs[];
  /** How a replica is asked whether it is well. */
  healthCheck?: HealthCheckArgs;
  /** Where each replica has figures for Prometheus. Defaults to nowhere. */
  metrics?: PoolMetricsArgs;
  /** The most one replica may use. Defaults to no limit. */
  limits?: ResourcesArgs;
  /** The share meant for one replica when the host is busy. */
  reservations?: ResourcesArgs;
  /** How much log is kept. */
  logs?: LogArgs;
  /** Pools that must be healthy before this one starts. */
  startAfter?: string[];
  /** Makes the pool internal: only these pools reach it, at `http://<pool's name>:<port>`. Only with `port`. */
  reachableFrom?: string[];
  /** Further Docker networks that the replicas join, by name. */
  networks?: pulumi.Input<string>[];
  /** How an update is done. Defaults to blue-green. */
  strategy?: Strategy;
  /**
   * In an update, gives the new replicas a share of the requests first, in steps that are judged by what they answer. Defaults to
   * none: all at once. Only with `port`.
   */
  canary?: CanaryArgs;
  /** Who of the replicas gets a request, how long the balancer waits, and when it asks another. Only with `port`. */
  balancing?: BalancingArgs;
  /** Most seconds an old replica may go on with the requests it has. Defaults to 30. Only with `port`. */
  drainSeconds?: number;
  /**
   * Most seconds an old replica may go on with streams when it has nothing else: WebSockets, and answers of routes with `stream`.
   * Defaults to 10, and to `drainSeconds` where a route of the pool has `stream`. Only with `port`.
   */
  streamSeconds?: number;
  /** Seconds between SIGTERM and SIGKILL, once a replica with a port is drained. Defaults to 10. */
  stopSeconds?: number;
}

/** The image that a pool runs. */
export interface PoolImage {
  /** Its name, as configured; of a built one, with its version. */
  reference: string;
  /** Id of its content. */
  id: string;
}

/** Inputs of `LoadBalancedService`. */
export interface LoadBalancedServiceArgs {
  /** The groups of containers, by name. */
  pools: Record<string, PoolArgs>;
  /** Which requests go where. Defaults to everything to the only public pool. */
  routes?: RouteArgs[];
  /** The Nginx in front. There is none where no pool has a port. */
  balancer?: BalancerArgs;
  /** Where images come from. */
  registry?: RegistryArgs;
  /** What the containers run on. Defaults to one engine. */
  engine?: EngineArgs;
}
