import { expect, test } from "vitest";
import { renderFigures } from "../../exporter/figures";

const figure = (partition: number, value: number) => ({ topic: "orders", partition, value });

test("a cluster that does not answer is down, and there is no other figure", () => {
  expect(
    renderFigures(undefined)
      .split("\n")
      .filter((line) => !line.startsWith("#")),
  ).toEqual(["kafka_up 0", ""]);
});

test("a group lags behind by what its partition has and it has not read", () => {
  const text = renderFigures({
    topics: [
      {
        name: "orders",
        partitions: [
          { number: 0, leader: 1, replicas: [1, 2], inSync: [1, 2] },
          { number: 1, leader: -1, replicas: [1, 2], inSync: [1] },
        ],
      },
    ],
    brokers: [
      {
        ...{ id: 1, isUp: true, first: [figure(0, 5)], next: [figure(0, 25)], sizes: [figure(0, 4096)] },
        groups: [],
      },
      {
        ...{ id: 2, isUp: true, first: [], next: [], sizes: [] },
        groups: [{ name: 'say "hi"', places: [figure(0, 15), figure(1, 3)] }],
      },
      { id: 3, isUp: false, first: [], next: [], sizes: [], groups: [] },
    ],
  });
  const lines = text.split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "kafka_up 1",
      "kafka_brokers 3",
      'kafka_broker_up{broker="3"} 0',
      'kafka_topic_partitions{topic="orders"} 2',
      'kafka_topic_partition_leader{topic="orders",partition="1"} -1',
      'kafka_topic_partition_under_replicated_partition{topic="orders",partition="0"} 0',
      'kafka_topic_partition_under_replicated_partition{topic="orders",partition="1"} 1',
      'kafka_topic_partition_oldest_offset{topic="orders",partition="0"} 5',
      'kafka_topic_partition_size_bytes{broker="1",topic="orders",partition="0"} 4096',
      'kafka_consumergroup_lag{consumergroup="say \\"hi\\"",topic="orders",partition="0"} 10',
    ]),
  );
  // Nobody knows where a partition ends that nobody leads.
  expect(lines.filter((line) => line.startsWith("kafka_consumergroup_lag{"))).toHaveLength(1);
});
