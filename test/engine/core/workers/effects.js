import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "redis";

/** Whether the worker was told to end. */
export let isEnding = false;

if (process.env.BAD === "ends") {
  console.log("cannot start: BAD is set");
  process.exit(1);
}
process.on("SIGTERM", () => {
  isEnding = process.env.DEAF !== "true";
  console.log(isEnding ? "ends what it has in hand" : "ignores SIGTERM");
});
// The health check asks how old the file is.
setInterval(() => process.env.BAD === "ill" || writeFileSync("/tmp/alive", ""), 500);

export const redis = await createClient({ url: process.env.REDIS_URL })
  .on("error", ({ message }) => console.log(`Redis: ${message}`))
  .connect();

/** Does what a message asks for: the effect comes first, so that work that is cut and done again has it twice. */
export async function work(source, id) {
  await redis.hIncrBy(`effects:${source}`, id, 1);
  await redis.hIncrBy(`versions:${source}`, process.env.VERSION ?? "", 1);
  await wait(Number(process.env.WORK_MS ?? 150));
}
