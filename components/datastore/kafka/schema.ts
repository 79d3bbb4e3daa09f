import { z } from "zod";
import type { Problem } from "../../arguments/problems";
import {
  byName,
  check,
  closed,
  type Fields,
  flag,
  phrase,
  type Rule,
  text,
  whole,
} from "../../arguments/schema-parts";
import { DatastoreEngine } from "../../datastore-types";
import { leastMemory, type StoreFields } from "../fields";
import { moved } from "../../arguments/moved";
import { serverCount } from "../server-count";
import type { KafkaArgs, KafkaTopicArgs } from "./args";

const retentionRule = phrase("be a whole number of 1 or more, or -1", "-1 keeps messages for ever.");

const topic = closed(
  {
    partitions: whole(1, 10_000).default(1),
    retentionHours: check(
      z.number(retentionRule),
      (value) => value === -1 || (Number.isInteger(value) && value >= 1),
      retentionRule,
    ).default(168),
    compact: flag().default(false),
    settings: byName(
      text("be a text on one line", /^[^\r\n\0]+$/),
      "be an object of Kafka's own settings by name",
      'Write it like { max.message.bytes: "2097152" }.',
    ).default({}),
  } satisfies Fields<KafkaTopicArgs>,
  "be an object with partitions, retentionHours, compact or settings",
  undefined,
  [{ needs: ["settings"], find: ({ settings }) => findSettingProblems(settings) }],
);

export const kafkaSettings = closed(
  {
    ...moved({ brokers: "Set servers instead." }),
    ...({
      servers: serverCount([1, 3], "Two could do no more than one when one of them is down."),
      topics: byName(
        topic,
        "be an object of topics by name",
        "Write it like { orders: { partitions: 6 } }.",
      ).default({}),
    } satisfies Fields<KafkaArgs>),
  },
  "be an object with servers or topics",
  undefined,
  [
    {
      needs: ["topics"],
      find: ({ topics }) =>
        Object.keys(topics)
          .filter((name) => !/^(?!__|\.{1,2}$)[\w.-]{1,249}$/.test(name))
          .map((name) => ({
            path: ["topics", name],
            value: name,
            rule: "have a name of at most 249 letters, digits, dots, hyphens and underscores that does not start with two underscores",
          })),
    },
  ],
);

/** Kafka's settings, with everything filled in. */
export type KafkaSettings = z.output<typeof kafkaSettings>;

/** A topic of Kafka, with everything filled in. */
export type KafkaTopic = z.output<typeof topic>;

/** Rules of Kafka for the rest of a datastore. */
export const kafkaRules: Rule<StoreFields>[] = [
  leastMemory(DatastoreEngine.Kafka, 768, "A broker and the commands that set it up are Java programs."),
];

/** Settings of a topic that have fields of their own, or are decided by the number of brokers. */
const ownSettings: Record<string, string> = {
  "retention.ms": "Set retentionHours.",
  "cleanup.policy": "Set compact.",
};

function findSettingProblems(settings: Record<string, string>): Problem[] {
  return Object.entries(settings).flatMap(([key, value]): Problem[] => {
    const remedy = ownSettings[key];
    if (remedy !== undefined) return [{ path: ["settings", key], value, rule: "be left out", remedy }];
    const rule = "have only names of settings of Kafka's topics";
    return /^[a-z][a-z.]*$/.test(key) ? [] : [{ path: ["settings"], value: key, rule }];
  });
}
