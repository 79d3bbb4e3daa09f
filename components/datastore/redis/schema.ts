import type { z } from "zod";
import { choice, closed, type Fields, most, whole } from "../../arguments/schema-parts";
import { moved } from "../../arguments/moved";
import { serverCount } from "../server-count";
import { type RedisArgs, RedisEviction, RedisSync } from "./args";

export const redisSettings = closed(
  {
    ...moved({ replica: "Set servers instead: 2 for a second server." }),
    ...({
      sync: choice(RedisSync, "be when Redis writes to the disk").default(RedisSync.Always),
      maxMemoryMiB: whole(1, most).optional(),
      eviction: choice(RedisEviction, "be what Redis does when its memory is full").default(
        RedisEviction.None,
      ),
      servers: serverCount([1, 2], "The second one follows the first, and takes over when that one fails."),
    } satisfies Fields<RedisArgs>),
  },
  "be an object with sync, maxMemoryMiB, eviction or servers",
);

/** Redis' settings, with everything filled in. */
export type RedisSettings = z.output<typeof redisSettings>;
