import { composeShell, quote } from "../../../engine/shell";
import { kafkaFiles, kafkaPorts } from "./settings";
import { monitoringUser } from "../exporters";
import { derivePassword, nameServer, type Objections, type StoreSecrets } from "../recipe";
import type { KafkaTopic } from "./schema";
import { commandsSh, topicsSh, usersSh } from "./texts";

/** The setup of a cluster that is healthy. */
export interface Setup {
  /** Where its brokers are reached by commands. */
  bootstrap: string;
  topics: Record<string, KafkaTopic>;
  /** Whether an exporter has a user of its own. */
  metrics: boolean;
}

/** Shell script that makes the users and the topics as they are declared. */
export function renderKafkaSetup({ bootstrap, topics, metrics }: Setup, secrets: StoreSecrets): string {
  const { version, current: password } = secrets;
  const observer = metrics ? derivePassword(secrets, monitoringUser) : "";
  const declared = Object.entries(topics).map(([name, topic]) => {
    const settings = Object.entries(listSettings(topic)).map(([key, value]) => quote(`${key}=${value}`));
    return `topic ${quote(name)} ${topic.partitions} ${settings.join(" ")}\n`;
  });
  return composeShell(
    { bootstrap, version, password, observer_password: observer },
    ...[commandsSh, usersSh, ...(declared.length === 0 ? [] : [topicsSh, ...declared])],
  );
}

/** All settings of a topic that are set, by Kafka's names. */
function listSettings({ retentionHours, compact, settings }: KafkaTopic): Record<string, string> {
  return {
    "cleanup.policy": compact ? "compact" : "delete",
    "retention.ms": String(retentionHours === -1 ? -1 : retentionHours * 3_600_000),
    ...settings,
  };
}

/** Finds objections in the folders of partitions that a running broker has. */
export function findTopicObjections(
  store: string,
  topics: Record<string, KafkaTopic>,
  folders: string,
): Objections {
  const existing = countPartitions(folders);
  const problems = Object.entries(topics).flatMap(([topic, { partitions }]) => {
    const found = existing.get(topic) ?? 0;
    if (partitions >= found) return [];
    return {
      path: ["kafka", "topics", topic, "partitions"],
      value: partitions,
      rule: `be at least ${found}, which the topic has`,
      remedy: `Partitions are never removed, because their messages would be lost. Set ${found}, or declare another topic.`,
    };
  });
  const warnings = [...existing.keys()]
    .filter((topic) => topics[topic] === undefined)
    .map(
      (topic) =>
        `The topic ${topic} is not declared; it stays, with its messages. To remove it: /opt/kafka/bin/kafka-topics.sh --bootstrap-server ${nameServer(store, 1)}:${kafkaPorts.brokers} --command-config ${kafkaFiles.administrator} --delete --topic ${topic} in a broker's container.`,
    );
  return { problems, warnings };
}

/** Number of partitions of each topic but Kafka's own. */
function countPartitions(folders: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const folder of folders.split(/\s+/)) {
    const [, topic, partition] = /^((?!__)[\w.-]+)-(\d+)$/.exec(folder) ?? [];
    if (topic !== undefined) counts.set(topic, Math.max(counts.get(topic) ?? 0, Number(partition) + 1));
  }
  return counts;
}
