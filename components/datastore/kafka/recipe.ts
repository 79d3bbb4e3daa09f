import { describeKafkaBackup } from "./backup";
import { describeExporters, measureKafka } from "../exporters";
import { renderKafkaHealth } from "./health";
import {
  chooseHeap,
  kafkaData,
  kafkaFiles,
  kafkaLog,
  kafkaPorts,
  listBrokers,
  numberBrokers,
  renderAdministrator,
  renderKafkaSettings,
  renderKafkaStart,
} from "./settings";
import { judgeTopics, renderKafkaSetup } from "./topics";
import { type DescribeStore, nameServer, type ServerRecipe, titleServer } from "../recipe";

/** Kafka without ZooKeeper: one broker, or three that hold every message each. */
export const describeKafka: DescribeStore = (name, args) => {
  const { kafka, limits, backup, metrics = false } = args;
  const { brokers: count = 1, topics = {} } = kafka ?? {};
  const describeBroker = (node: number): ServerRecipe => ({
    title: titleServer(node),
    aliases: [...(node === 1 ? [name] : []), nameServer(name, node)],
    dataFolder: kafkaData,
    command: ["sh", kafkaFiles.start],
    env: {
      KAFKA_HEAP_OPTS: `-Xmx${chooseHeap(limits?.memoryMiB)}m`,
      KAFKA_LOG4J_OPTS: `-Dlog4j2.configurationFile=${kafkaFiles.log}`,
      // Without the log of the garbage collector, which goes to a file.
      EXTRA_ARGS: "",
    },
    health: `timeout 4 bash ${kafkaFiles.health}`,
    files: (secrets) => ({
      [kafkaFiles.settings]: renderKafkaSettings({ store: name, node, count }, secrets),
      [kafkaFiles.start]: renderKafkaStart(name, backup !== undefined),
      [kafkaFiles.log]: kafkaLog,
      [kafkaFiles.health]: renderKafkaHealth(node, secrets.administrator),
      [kafkaFiles.administrator]: renderAdministrator(secrets),
    }),
  });
  const setup = { servers: listBrokers(name, count, kafkaPorts.brokers), topics, metrics };
  const nodes = numberBrokers(count);
  return {
    image: "apache/kafka:4.3.1",
    servers: nodes.map(describeBroker),
    quorum: Math.floor(count / 2) + 1,
    keepsServerCount: true,
    // After a crash a broker reads its newest messages before it takes requests.
    startSeconds: 600,
    guard: {
      title: titleServer(1),
      command: `ls ${kafkaData}`,
      judge: (folders) => judgeTopics(name, topics, folders),
    },
    configure: (secrets) => renderKafkaSetup(setup, secrets),
    exporters: describeExporters(name, args, [
      measureKafka(
        name,
        nodes.map((node) => nameServer(name, node)),
      ),
    ]),
    backup: describeKafkaBackup(setup, count),
    url: ({ version, current }) =>
      `kafka://app_v${version}:${current}@${listBrokers(name, count, kafkaPorts.clients)}?sasl=SCRAM-SHA-512`,
  };
};
