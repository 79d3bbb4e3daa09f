import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import { createStock, products } from "./catalogue.js";
import { createEvents } from "./events.js";
import { instance } from "./instance.js";
import { openReceipts } from "./receipts.js";
import { connectRedis, createKafka, topic } from "./stores.js";
import { createApp, serve, servedBy } from "./web.js";

const redis = await connectRedis();
const producer = createKafka().producer({ allowAutoTopicCreation: false });
await producer.connect();
const stock = await createStock(redis, process.env.STOCK ?? 1000);
const events = await createEvents(redis);
const receipts = await openReceipts();

const app = createApp();
app.get("/", (request, response) => response.redirect("/shop"));
app.get("/shop", (request, response) => response.sendFile(join(import.meta.dirname, "shop.html")));
// Without a word of its own, so that the balancer says how long they are kept.
app.use("/static", express.static(join(import.meta.dirname, "static"), { cacheControl: false }));
app.get("/products", (request, response) => response.json({ products, ...servedBy }));
app.get("/stock", async (request, response) => response.json({ stock: await stock.read(), ...servedBy }));
app.get("/events", events.open);

// A purchase is confirmed when Kafka has it, so that it is counted whatever happens to this replica.
// Where Kafka's answer is missing, Kafka may have it all the same: what was taken from the stock stays taken.
app.post("/purchase", express.json(), async (request, response) => {
  const product = request.body?.product;
  if (!products.some(({ id }) => id === product)) {
    response.status(400).json({ error: "There is no such product.", ...servedBy });
    return;
  }
  const left = await stock.take(product);
  if (left === undefined) {
    response.status(409).json({ error: "Sold out.", ...servedBy });
    return;
  }
  const purchase = { id: randomUUID(), product, at: new Date().toISOString(), instance };
  await producer.send({ topic, messages: [{ key: purchase.id, value: JSON.stringify(purchase) }] });
  await receipts.write(purchase);
  await events.publish({ type: "purchase", id: purchase.id, product, left });
  response.status(201).json({ id: purchase.id, product, left, ...servedBy });
});

app.get("/receipts/:id", async (request, response) => {
  const receipt = await receipts.read(request.params.id);
  response
    .status(receipt === undefined ? 404 : 200)
    .json({ ...(receipt === undefined ? { error: "There is no such receipt." } : { receipt }), ...servedBy });
});

// An answer that takes its time, to see what an update does to it.
app.all("/slow", async (request, response) => {
  await wait(Math.min(Number(request.query.ms) || 0, 10_000));
  response.json(servedBy);
});

serve(app, async () => {
  events.close();
  await producer.disconnect();
  redis.destroy();
});
