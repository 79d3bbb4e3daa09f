import type * as pulumi from "@pulumi/pulumi";
import type { BalancerArgs } from "./balancer-types";
import type { StoreConnection } from "./datastore-types";
import type { RouteArgs } from "./route-types";
import type { RegistryArgs } from "./registry-types";
import type { PoolMetricsArgs } from "./scrape-types";
import type { LogArgs, ResourcesArgs } from "./container-types";

export * from "./container-types";
export * from "./registry-types";
export * from "./balancer-types";
export * from "./route-types";

/** How a pool goes from one version to the next. */
export enum Strategy {
  /** All new replicas beside the old ones, then one switch, then the old ones go. Briefly twice the memory. */
  BlueGreen = "blue-green",
  /** One replica after the other, out of the balancer first. One replica less for a while, no extra memory. */
  Rolling = "rolling",
}

/** How the balancer chooses a replica. */
export enum Method {
  /** The replica with the fewest requests under way. */
  LeastConnections = "least_conn",
  /** One after the other. */
  RoundRobin = "round-robin",
  /** By the client's address: the same client, the same replica. */
  IpHash = "ip_hash",
  /** By `hashKey`: what has the same key goes to the same replica. */
  Hash = "hash",
  /** The less busy of two that are drawn; best where several balancers share the replicas. */
  Random = "random",
}

/** When a request is given to another replica. */
export enum RetryCondition {
  /** No connection, or it broke. */
  Error = "error",
  /** No answer in time. */
  Timeout = "timeout",
  InvalidHeader = "invalid_header",
  Status500 = "http_500",
  Status502 = "http_502",
  Status503 = "http_503",
  Status504 = "http_504",
  Status429 = "http_429",
}

/** What a browser does with a cookie on requests that other sites cause. */
export enum SameSite {
  Lax = "lax",
  Strict = "strict",
  None = "none",
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
  /** Path that answers 2xx or 3xx when the replica is healthy. Defaults to `/health`. */
  path?: string;
  /** Shell command that is run in the container instead of asking the path; exit code 0 means healthy. */
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

/** How long the balancer waits for a replica of this pool. */
export interface TimeoutArgs {
  /** Seconds to open a connection. Defaults to 1. */
  connectSeconds?: number;
  /** Seconds without a byte of the answer. Must be less than `retrySeconds`. Defaults to two thirds of it: 20. */
  readSeconds?: number;
  /** Seconds without taking a byte of the request. Defaults to `readSeconds`. */
  sendSeconds?: number;
  /** Seconds all tries of one request may take together. Defaults to 30, or one and a half times `readSeconds` if that is more. */
  retrySeconds?: number;
}

/** Which failures have a request given to another replica. */
export interface RetriesArgs {
  /** Defaults to error, timeout, 502, 503 and 504. */
  on?: RetryCondition[];
  /** Most tries of one request, the first included; 1 switches retries off. Defaults to 3. */
  tries?: number;
  /** Whether a request that changes something, like a POST, is repeated although it was sent. Defaults to false. */
  repeatWrites?: boolean;
}

/** Connections to replicas that are kept open. */
export interface KeepaliveArgs {
  /** Most idle connections of one Nginx worker. Defaults to 32. */
  connections?: number;
  /** Most requests over one connection. Defaults to 1000. */
  requests?: number;
  /** Seconds an idle connection stays, below the time after which the application closes one. Defaults to 1.5. */
  idleSeconds?: number;
}

/** Failed requests that take a replica out for a while. */
export interface FailuresArgs {
  /** Failures within `seconds`. Defaults to 3. */
  count?: number;
  /** Seconds in which they count, and for which the replica is out. Defaults to 10. */
  seconds?: number;
}

/** Has the balancer ask each replica by itself; what fails gets no request until it is healthy. */
export interface ActiveHealthArgs {
  /** Defaults to true, and to false where the health check is a command. */
  enabled?: boolean;
  /** Seconds between two questions. Defaults to 10. */
  intervalSeconds?: number;
  /** Seconds one answer may take, less than the interval. Defaults to 3, or half the interval if that is less. */
  timeoutSeconds?: number;
  /** Failures in a row that take a replica out. Defaults to 3. */
  strikes?: number;
}

/** Keeps a client with its replica by a cookie. */
export interface StickyArgs {
  /** Name of the cookie. Defaults to `replica`. */
  cookie?: string;
  /** Seconds a browser keeps it. Defaults to until it is closed. */
  seconds?: number;
  /** Whether it is sent over TLS alone. Defaults to true where the balancer redirects to TLS. */
  secure?: boolean;
  /** Defaults to lax. */
  sameSite?: SameSite;
}

/** One group of equal containers. */
export interface PoolArgs {
  /** Image to run; a tag, a digest or an id. Exactly one of `image` and `build`. */
  image?: string;
  /** Image to build and run. Exactly one of `image` and `build`. */
  build?: BuildArgs;
  /** Port that each replica listens on. */
  port: number;
  /** Number of replicas, 1 to 50. Defaults to 1. */
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
  /** Volumes and folders. */
  mounts?: MountArgs[];
  /** How a replica is asked whether it can take requests. */
  healthCheck?: HealthCheckArgs;
  /** Where each replica has figures for Prometheus. Defaults to nowhere. */
  metrics?: PoolMetricsArgs;
  /** The most one replica may use. Defaults to no limit. */
  limits?: ResourcesArgs;
  /** What one replica is meant to get when the host is busy. */
  reservations?: ResourcesArgs;
  /** How much log is kept. */
  logs?: LogArgs;
  /** Pools that must be healthy before this one starts. */
  startAfter?: string[];
  /** Makes the pool internal: only these pools reach it, at `http://<pool's name>:<port>`. */
  reachableFrom?: string[];
  /** Further Docker networks that the replicas join, by name. */
  networks?: pulumi.Input<string>[];
  /** How an update is done. Defaults to blue-green. */
  strategy?: Strategy;
  /** How the balancer chooses a replica. Defaults to least connections. */
  method?: Method;
  /** What the method hash goes by, with Nginx's variables, like `$cookie_user`. */
  hashKey?: string;
  /** Keeps a client with its replica. Needs Nginx 1.30. */
  sticky?: StickyArgs;
  /** Share of each replica in the requests, by number: `[3, 1]` gives the first three times as many. Further ones have 1. */
  weights?: number[];
  /** Number of replicas, the last ones, that are used only while none of the others can be. Defaults to 0. */
  backups?: number;
  /** Most connections to one replica at a time. Defaults to any number. */
  maxConnections?: number;
  /** Connections to replicas that are kept open. */
  keepalive?: KeepaliveArgs;
  /** Failed requests that take a replica out for a while. */
  failures?: FailuresArgs;
  /** Which failures have a request given to another replica. */
  retries?: RetriesArgs;
  /** Has the balancer ask each replica by itself. */
  activeHealth?: ActiveHealthArgs;
  /** Seconds that requests wait while no replica can take them, as during the start of an only one. Defaults to 0. */
  holdSeconds?: number;
  /** How long the balancer waits. */
  timeouts?: TimeoutArgs;
  /** Most seconds an old replica may go on with the requests it has. Defaults to 30. */
  drainSeconds?: number;
  /** Seconds between SIGTERM and SIGKILL once a replica is drained. Defaults to 10. */
  stopSeconds?: number;
}

/** Inputs of `LoadBalancedService`. */
export interface LoadBalancedServiceArgs {
  /** The groups of containers, by name. */
  pools: Record<string, PoolArgs>;
  /** Which requests go where. Defaults to everything to the only public pool. */
  routes?: RouteArgs[];
  /** The Nginx in front. */
  balancer?: BalancerArgs;
  /** Where images come from. */
  registry?: RegistryArgs;
}
