import type { StoreEngine } from "../engine";
import { resolveKafka } from "./recipe";
import { kafkaRules, type KafkaSettings, kafkaSettings } from "./schema";

/** Kafka without ZooKeeper: one broker, or three that hold every message each. */
export const kafka: StoreEngine<KafkaSettings> = {
  image: "apache/kafka:4.3.1",
  // After a crash a broker reads its newest messages before it takes requests.
  startSeconds: 600,
  defaults: kafkaSettings.parse({}),
  rules: kafkaRules,
  resolveRecipe: resolveKafka,
};
