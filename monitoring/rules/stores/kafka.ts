import { byServer, type MeasuredEngine, store } from "./figures";

export const kafka: MeasuredEngine = {
  figures: (window) => ({
    up: `min ${byServer} (kafka_up)`,
    operations: `sum ${byServer} (rate(kafka_topic_partition_current_offset[${window}]))`,
    data: `sum ${byServer} (kafka_topic_partition_size_bytes)`,
    copiesMissing: `sum ${byServer} (kafka_topic_partition_under_replicated_partition)`,
    unread: "sum by (store, engine, server, consumergroup, topic) (kafka_consumergroup_lag)",
  }),
  alerts: [
    {
      alert: "BrokerDown",
      expr: "kafka_broker_up == 0",
      for: "20s",
      severity: "critical",
      summary: `Broker {{ $labels.broker }} of ${store} does not answer.`,
    },
    {
      alert: "StoreCopiesMissing",
      expr: "store:copies_missing:count > 0",
      for: "2m",
      severity: "warning",
      summary: `{{ $value }} partitions of ${store} are on fewer brokers than they should be.`,
    },
    {
      alert: "ConsumersFallBehind",
      expr: "store:unread:messages > 1000 and deriv(store:unread:messages[10m]) > 0",
      for: "10m",
      severity: "warning",
      summary: `{{ $labels.consumergroup }} reads {{ $labels.topic }} of ${store} more slowly than it is written; {{ $value }} messages are to be read.`,
    },
  ],
};
