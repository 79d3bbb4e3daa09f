// Reads a topic of Kafka in a group: the place of a message is committed when the message is done, each by itself.
import { setTimeout as wait } from "node:timers/promises";
import { isEnding, work } from "./effects.js";
import { kafka } from "./kafka.js";

const consumer = kafka.consumer({ groupId: "workers", sessionTimeout: 10_000, rebalanceTimeout: 20_000 });
consumer.on("consumer.crash", ({ payload }) => {
  console.log(`The consumer ended: ${payload.error.message}`);
  if (!payload.restart) process.exit(1);
});
await consumer.connect();
await consumer.subscribe({ topic: "jobs", fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ topic, partition, message }) => {
    await work("kafka", message.value.toString());
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
  },
});
while (!isEnding) await wait(50);
// Waits for the message in hand, and leaves the group.
await consumer.disconnect();
console.log("ended");
process.exit(0);
