/** A topic of Kafka. */
export interface KafkaTopicArgs {
  /** Number of partitions, which can only become more. Defaults to 1. */
  partitions?: number;
  /** Hours that messages are kept, or -1 for ever. Defaults to 168, a week. */
  retentionHours?: number;
  /** Whether the last message of each key is kept, instead of the messages of some hours. Defaults to false. */
  compact?: boolean;
  /** Further settings of topics by Kafka's own names, such as `max.message.bytes`. */
  settings?: Record<string, string>;
}

/** Settings of Kafka. */
export interface KafkaArgs {
  /** Number of servers, which are brokers: 1, or 3 that hold every message each. It stays what it was at first. Defaults to 1. */
  servers?: number;
  /** Topics by name; one that is not declared any more stays. */
  topics?: Record<string, KafkaTopicArgs>;
}
