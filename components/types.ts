import type * as pulumi from "@pulumi/pulumi";

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

/** A volume or a folder of the engine's host inside each replica. Exactly one of `volume` and `hostPath`. */
export interface MountArgs {
  /** Absolute path in the container. */
  path: string;
  /** Name of the Docker volume. */
  volume?: pulumi.Input<string>;
  /** Absolute path on the host that runs the engine. */
  hostPath?: string;
  /** Whether replicas may only read. Defaults to false. */
  readOnly?: boolean;
}

/** An amount of CPU and memory, for one replica. */
export interface ResourcesArgs {
  /** Processors, in steps of 0.01. */
  cpus?: number;
  /** Memory in MiB. */
  memoryMiB?: number;
}

/** How much of a container's log the engine keeps. */
export interface LogArgs {
  /** Size in MiB at which a log file is rotated. Defaults to 10. */
  maxSizeMiB?: number;
  /** Number of log files kept. Defaults to 3. */
  maxFiles?: number;
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
  /** How long the balancer waits. */
  timeouts?: TimeoutArgs;
  /** Most seconds an old replica may go on with the requests it has. Defaults to 30. */
  drainSeconds?: number;
  /** Seconds between SIGTERM and SIGKILL once a replica is drained. Defaults to 10. */
  stopSeconds?: number;
}

/** Which requests go to which pool. The longest matching path wins. */
export interface RouteArgs {
  /** Start of the path. Defaults to `/`. */
  path?: string;
  /** Host name, exactly. Defaults to every host that no other route names. */
  host?: string;
  /** Name of the pool. */
  pool: string;
}

/** The Nginx in front of the public pools. */
export interface BalancerArgs {
  /** Nginx image, 1.28 or newer. Defaults to `nginx:1.30.4`. */
  image?: string;
  /** Port published on the engine's host. Defaults to 8080. */
  port?: number;
  /** Address of the host to publish on. Defaults to all: `0.0.0.0`. */
  address?: string;
  /** The most the balancer may use. Defaults to no limit. */
  limits?: ResourcesArgs;
  /** What the balancer is meant to get when the host is busy. */
  reservations?: ResourcesArgs;
  /** How much log is kept. */
  logs?: LogArgs;
  /** Nginx directives of your own, added to the `http` block. */
  httpDirectives?: string[];
  /** Nginx directives of your own, added to the `server` block. */
  serverDirectives?: string[];
}

/** How to sign in to a registry. */
export interface CredentialsArgs {
  /** Host, and port, of the registry. */
  address: string;
  /** Name to sign in with. */
  username: string;
  /** Password or token. */
  password: pulumi.Input<string>;
}

/** Where images come from. */
export interface RegistryArgs {
  /** Registry, and path in it, that stands in for Docker Hub: `mirror.example.com/hub`. */
  mirror?: string;
  /** Whether a tag that moved in its registry is a new version. Defaults to true. */
  followTags?: boolean;
  /** How to sign in to private registries. */
  credentials?: CredentialsArgs[];
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
  /** Any text; when it changes, replicas that were stopped by hand are started again. */
  startStopped?: pulumi.Input<string>;
}
