/** An amount of CPU and memory, for one replica. */
export interface ResourcesArgs {
  /** Processors, in steps of 0.01. */
  cpus?: number;
  /** Memory in MiB. */
  memoryMiB?: number;
}

/** Where a container's log goes, and how much of it the engine keeps. */
export interface LogArgs {
  /** Size in MiB at which a log file is rotated. Defaults to 10. */
  maxSizeMiB?: number;
  /** Number of log files kept. Defaults to 3. */
  maxFiles?: number;
  /** Docker's driver that takes the log: `journald`, `syslog`, `gelf`, `fluentd`, or a plugin such as Loki's. Defaults to `json-file`: files of the engine. */
  driver?: string;
  /** Options of the driver, by Docker's names, such as `gelf-address`; the engine shows them, so nothing secret. Defaults to none. */
  options?: Record<string, string>;
}

/** The rights of a replica, beyond those that its program's user has. */
export interface SecurityArgs {
  /**
   * Whether it has nothing of root's: no capabilities, another user than root, and, unless files are put into it, a file system
   * that can only be read. Defaults to false: it has what images need that start as root and then become a user of their own.
   */
  strict?: boolean;
  /** Folders in memory that can be written to where `strict` is set, besides mounts. Defaults to `/tmp`. */
  writable?: string[];
  /** Further capabilities, without `CAP_`; only with a `reason`. Defaults to none. */
  capabilities?: string[];
  /** Whether its programs may gain rights, as `sudo` does; only with a `reason`. Defaults to false. */
  gainsRights?: boolean;
  /** Most processes and threads. Defaults to 4096. */
  processes?: number;
  /** Why it may do more than others, for whoever reads this. */
  reason?: string;
}

/** The rights of a balancer, where they are not what Nginx needs. */
export interface BalancerSecurityArgs {
  /** Further folders in memory that can be written to, besides `/run` and `/tmp`. Defaults to none. */
  writable?: string[];
  /** Further capabilities, without `CAP_`; only with a `reason`. Defaults to none. */
  capabilities?: string[];
  /** Most processes and threads. Defaults to any number: workers of before an update stay for as long as their streams. */
  processes?: number;
  /** Why it may do more than others, for whoever reads this. */
  reason?: string;
}
