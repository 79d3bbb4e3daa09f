import { products } from "./catalogue.js";
import { log } from "./instance.js";
import { connectRedis, createKafka, topic } from "./stores.js";
import { createApp, serve, servedBy } from "./web.js";

const redis = await connectRedis();
const consumer = createKafka().consumer({
  groupId: "sales",
  sessionTimeout: 10_000,
  rebalanceTimeout: 15_000,
});
const keyOf = (product) => `sold:${product}`;

const app = createApp();
app.get("/sold", async (request, response) => {
  const counts = await Promise.all(products.map(async ({ id }) => [id, await redis.sCard(keyOf(id))]));
  response.json({ sold: Object.fromEntries(counts), ...servedBy });
});

serve(app, async () => {
  await consumer.disconnect();
  redis.destroy();
});

// What Kafka calls temporary, the client tries again by itself; otherwise Docker starts the worker anew.
consumer.on("consumer.crash", ({ payload }) => {
  log(`The consumer ended: ${payload.error.message}`);
  if (!payload.restart) process.exit(1);
});
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
    const sold = batch.messages.map(({ value }) => JSON.parse(value));
    // Kafka may deliver a purchase twice; a set has it once.
    const counting = redis.multi();
    for (const { product, id } of sold) counting.sAdd(keyOf(product), id);
    await counting.exec();
    log(`${sold.length} sold`);
    resolveOffset(batch.lastOffset());
    await heartbeat();
  },
});
