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
