import { Kafka, logLevel } from "kafkajs";
import { createClient } from "redis";
import { instance, log } from "./instance.js";

/** Name of the topic that purchases are in. */
export const topic = "purchases";

/** A connection to Redis, which opens itself again when it is lost. */
export async function connectRedis() {
  const redis = createClient({ url: process.env.REDIS_URL });
  redis.on("error", ({ message }) => log(`Redis: ${message}`));
  return redis.connect();
}

/** Kafka; what is sent waits for a broker that is restarted. */
export function createKafka() {
  const [, username, password, brokers] = /^kafka:\/\/([^:]+):([^@]+)@([^?]+)/.exec(process.env.KAFKA_URL);
  return new Kafka({
    clientId: instance,
    brokers: brokers.split(","),
    sasl: { mechanism: "scram-sha-512", username, password },
    logLevel: logLevel.NOTHING,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 200, maxRetryTime: 1000, retries: 40 },
  });
}
