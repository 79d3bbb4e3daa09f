import { z } from "zod";
import { DatastoreEngine, type KafkaArgs, type KafkaTopicArgs } from "../../datastore-types";
import { asRecord, type Problem } from "../../arguments/problems";
import { byName, check, closed, type Fields, flag, phrase, text, whole } from "../../arguments/schema-parts";

const brokersRule = phrase("be 1 or 3", "Two brokers could do no more than one when one of them is down.");
const retentionRule = phrase("be a whole number of 1 or more, or -1", "-1 keeps messages for ever.");

const topic = closed(
  {
    partitions: whole(1, 10_000).optional(),
    retentionHours: check(
      z.number(retentionRule),
      (value) => value === -1 || (Number.isInteger(value) && value >= 1),
      retentionRule,
    ).optional(),
    compact: flag().optional(),
    settings: byName(
      text("be a text on one line", /^[^\r\n\0]+$/),
      "be an object of Kafka's own settings by name",
      'Write it like { max.message.bytes: "2097152" }.',
    ).optional(),
  } satisfies Fields<KafkaTopicArgs>,
  "be an object with partitions, retentionHours, compact or settings",
);

/** What settings of Kafka must be. */
export const kafka = closed(
  {
    brokers: check(z.number(brokersRule), (value) => value === 1 || value === 3, brokersRule).optional(),
    topics: byName(
      topic,
      "be an object of topics by name",
      "Write it like { orders: { partitions: 6 } }.",
    ).optional(),
  } satisfies Fields<KafkaArgs>,
  "be an object with brokers or topics",
);

const leastKafkaMemoryMiB = 768;

/** Finds what the shape of Kafka's settings does not tell. */
export function checkKafka({ engine, kafka: settings, limits }: Record<string, unknown>): Problem[] {
  if (engine !== DatastoreEngine.Kafka) return [];
  const { memoryMiB } = asRecord(limits) ?? {};
  const topics = Object.entries(asRecord(asRecord(settings)?.topics) ?? {});
  return [
    ...(typeof memoryMiB === "number" && memoryMiB < leastKafkaMemoryMiB
      ? [
          {
            path: ["limits", "memoryMiB"],
            value: memoryMiB,
            rule: `be ${leastKafkaMemoryMiB} or more where engine is kafka`,
            remedy: "A broker and the commands that set it up are Java programs.",
          },
        ]
      : []),
    ...topics.flatMap(([name, fields]) => checkTopic(name, asRecord(asRecord(fields)?.settings) ?? {})),
  ];
}

/** Settings of a topic that have fields of their own, or are decided by the number of brokers. */
const ownSettings: Record<string, string> = {
  "retention.ms": "Set retentionHours.",
  "cleanup.policy": "Set compact.",
};

function checkTopic(name: string, settings: Record<string, unknown>): Problem[] {
  const path = ["kafka", "topics", name];
  return [
    ...(/^(?!__|\.{1,2}$)[\w.-]{1,249}$/.test(name)
      ? []
      : [
          {
            path,
            value: name,
            rule: "have a name of at most 249 letters, digits, dots, hyphens and underscores that does not start with two underscores",
          },
        ]),
    ...Object.entries(settings).flatMap(([key, value]): Problem[] => {
      const remedy = ownSettings[key];
      if (remedy !== undefined)
        return [{ path: [...path, "settings", key], value, rule: "be left out", remedy }];
      return /^[a-z][a-z.]*$/.test(key)
        ? []
        : [
            {
              path: [...path, "settings"],
              value: key,
              rule: "have only names of settings of Kafka's topics",
            },
          ];
    }),
  ];
}
