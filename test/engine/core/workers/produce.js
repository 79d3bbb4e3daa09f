// Sends messages of unique ids until SIGTERM, and prints each that was acknowledged.
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "redis";
import { kafka } from "./kafka.js";

let isEnding = false;
process.on("SIGTERM", () => (isEnding = true));
const redis = await createClient({ url: process.env.REDIS_URL }).connect();
const producer = kafka.producer();
await producer.connect();
for (let number = 1; !isEnding; number++) {
  const id = `${process.env.RUN}-${number}`;
  await Promise.all([
    redis.lPush("queue", id).then(() => console.log(`redis ${id}`)),
    producer
      .send({ topic: "jobs", messages: [{ key: id, value: id }] })
      .then(() => console.log(`kafka ${id}`)),
    wait(100),
  ]);
}
await producer.disconnect();
process.exit(0);
