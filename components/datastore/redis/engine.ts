import type { StoreEngine } from "../engine";
import { resolveRedis } from "./recipe";
import { type RedisSettings, redisSettings } from "./schema";

/** Redis, with every change on the disk and a user that cannot administrate it. */
export const redis: StoreEngine<RedisSettings> = {
  image: "redis:8.2",
  startSeconds: 120,
  defaults: redisSettings.parse({}),
  rules: [],
  resolveRecipe: resolveRedis,
};
