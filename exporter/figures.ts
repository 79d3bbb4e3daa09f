import type { Cluster, Figure } from "./requests";

/** A broker, as far as it answers. */
export interface BrokerFacts {
  id: number;
  isUp: boolean;
  /** The first message of each partition that it leads, and the next that it will get. */
  first: Figure[];
  next: Figure[];
  /** Bytes that it keeps of each partition. */
  sizes: Figure[];
  /** The groups of consumers that it looks after, and what they will read next. */
  groups: { name: string; places: Figure[] }[];
}

/** A cluster, as far as its brokers answer. */
export interface ClusterFacts {
  topics: Cluster["topics"];
  brokers: BrokerFacts[];
}

type Labels = Record<string, string | number>;
type Sample = [labels: Labels, value: number];

/** Renders the figures as Prometheus reads them; undefined stands for a cluster that does not answer. */
export function renderFigures(facts: ClusterFacts | undefined): string {
  const up = renderMetric("kafka_up", "Whether a broker of the cluster answers.", [
    [{}, facts === undefined ? 0 : 1],
  ]);
  if (facts === undefined) return up;
  const { brokers } = facts;
  const partitions = facts.topics.flatMap(({ name, partitions: all }) =>
    all.map((partition) => ({ ...partition, labels: { topic: name, partition: partition.number } })),
  );
  const ofPartitions = (value: (partition: (typeof partitions)[number]) => number): Sample[] =>
    partitions.map((partition) => [partition.labels, value(partition)]);
  const ofFigures = (figures: Figure[], more: Labels = {}): Sample[] =>
    figures.map(({ topic, partition, value }) => [{ ...more, topic, partition }, value]);
  return [
    up,
    renderMetric("kafka_brokers", "Number of brokers that the cluster has.", [[{}, brokers.length]]),
    renderMetric(
      "kafka_broker_up",
      "Whether a broker answers.",
      brokers.map(({ id, isUp }) => [{ broker: id }, Number(isUp)]),
    ),
    renderMetric(
      "kafka_topic_partitions",
      "Number of partitions of a topic.",
      facts.topics.map(({ name, partitions: all }) => [{ topic: name }, all.length]),
    ),
    renderMetric(
      "kafka_topic_partition_leader",
      "Number of the broker that leads it, or -1.",
      ofPartitions(({ leader }) => leader),
    ),
    renderMetric(
      "kafka_topic_partition_replicas",
      "Number of its copies.",
      ofPartitions(({ replicas }) => replicas.length),
    ),
    renderMetric(
      "kafka_topic_partition_in_sync_replica",
      "Number of its copies that have all messages.",
      ofPartitions(({ inSync }) => inSync.length),
    ),
    renderMetric(
      "kafka_topic_partition_under_replicated_partition",
      "Whether a copy does not have all messages.",
      ofPartitions(({ inSync, replicas }) => Number(inSync.length < replicas.length)),
    ),
    renderMetric(
      "kafka_topic_partition_oldest_offset",
      "Its first message.",
      ofFigures(brokers.flatMap(({ first }) => first)),
    ),
    renderMetric(
      "kafka_topic_partition_current_offset",
      "The next message that it will get.",
      ofFigures(brokers.flatMap(({ next }) => next)),
    ),
    renderMetric(
      "kafka_topic_partition_size_bytes",
      "Bytes that a broker keeps of it.",
      brokers.flatMap(({ id, sizes }) => ofFigures(sizes, { broker: id })),
    ),
    ...renderGroups(brokers),
  ].join("");
}

/** Renders how far groups of consumers have read, and how much they have not. */
function renderGroups(brokers: BrokerFacts[]): string[] {
  const ends = new Map(brokers.flatMap(({ next }) => next).map((figure) => [nameOf(figure), figure.value]));
  const places = brokers.flatMap(({ groups }) =>
    groups.flatMap(({ name, places: all }) => all.map((place) => ({ ...place, group: name }))),
  );
  const samples = places.map((place): Sample => {
    const { group, topic, partition, value } = place;
    return [{ consumergroup: group, topic, partition }, value];
  });
  const lags = places.flatMap((place): Sample[] => {
    const { group, topic, partition, value } = place;
    const end = ends.get(nameOf(place));
    return end === undefined ? [] : [[{ consumergroup: group, topic, partition }, Math.max(0, end - value)]];
  });
  return [
    renderMetric("kafka_consumergroup_current_offset", "The next message that a group will read.", samples),
    renderMetric("kafka_consumergroup_lag", "Number of messages that a group has not read.", lags),
  ];
}

function nameOf({ topic, partition }: Figure): string {
  return `${topic}/${partition}`;
}

function renderMetric(name: string, help: string, samples: Sample[]): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(String(text))}`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}
