import type { z } from "zod";
import { choice, closed, type Fields, flag, most, whole } from "../../arguments/schema-parts";
import { type RedisArgs, RedisEviction, RedisSync } from "./args";

/** What Redis' settings look like. */
export const redisSettings = closed(
  {
    sync: choice(RedisSync, "be when Redis writes to the disk").default(RedisSync.Always),
    maxMemoryMiB: whole(1, most).optional(),
    eviction: choice(RedisEviction, "be what Redis does when its memory is full").default(RedisEviction.None),
    replica: flag().default(false),
  } satisfies Fields<RedisArgs>,
  "be an object with sync, maxMemoryMiB, eviction or replica",
);

/** Redis' settings, with everything filled in. */
export type RedisSettings = z.output<typeof redisSettings>;
