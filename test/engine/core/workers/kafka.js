import { Kafka, logLevel } from "kafkajs";

const [, username, password, brokers] = /^kafka:\/\/([^:]+):([^@]+)@([^?]+)/.exec(process.env.KAFKA_URL);

export const kafka = new Kafka({
  clientId: "workers",
  brokers: brokers.split(","),
  sasl: { mechanism: "scram-sha-512", username, password },
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 200, maxRetryTime: 1000, retries: 40 },
});
