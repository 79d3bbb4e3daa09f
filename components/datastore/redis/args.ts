/** When Redis writes a change to the disk. */
export enum RedisSync {
  /** Before it says that it is done: nothing that was acknowledged is lost. */
  Always = "always",
  /** Once a second: a crash of the host may lose a second. */
  EverySecond = "everysec",
}

/** How Redis deals with a full memory. */
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
  /** How Redis deals with more data than that. Defaults to none. */
  eviction?: RedisEviction;
  /** Number of servers: 1, or 2, of which the second follows the first, and takes over within seconds when it fails. Defaults to 1. */
  servers?: number;
}
