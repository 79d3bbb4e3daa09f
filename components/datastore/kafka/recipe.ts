import { resolveExporters } from "../exporters";
import type { StoreModelWith } from "../fields";
import { forEachServer, nameServer, type ServerRecipe, type StoreRecipe, titleServer } from "../recipe";
import { resolveKafkaBackup } from "./backup";
import { measureKafka } from "./figures";
import { renderKafkaHealth } from "./health";
import {
  chooseHeap,
  kafkaData,
  kafkaFiles,
  kafkaLog,
  kafkaPorts,
  listBrokers,
  renderAdministrator,
  renderKafkaSettings,
  renderKafkaStart,
} from "./settings";
import type { KafkaSettings } from "./schema";
import { findTopicObjections, renderKafkaSetup } from "./topics";

export function resolveKafka(name: string, store: StoreModelWith<KafkaSettings>): StoreRecipe {
  const { settings, limits, backup, metrics } = store;
  const { servers: count, topics } = settings;
  const resolveBroker = (node: number): ServerRecipe => ({
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
  const setup = { bootstrap: listBrokers(name, count, kafkaPorts.brokers), topics, metrics };
  return {
    servers: forEachServer(count, resolveBroker),
    quorum: Math.floor(count / 2) + 1,
    keepsServerCount: true,
    guard: {
      title: titleServer(1),
      command: `ls ${kafkaData}`,
      findObjections: (folders) => findTopicObjections(name, topics, folders),
    },
    configure: (secrets) => renderKafkaSetup(setup, secrets),
    exporters: resolveExporters(name, store, [
      measureKafka(
        name,
        forEachServer(count, (node) => nameServer(name, node)),
      ),
    ]),
    backup: resolveKafkaBackup(setup, count),
    url: ({ version, current }) =>
      `kafka://app_v${version}:${current}@${listBrokers(name, count, kafkaPorts.clients)}?sasl=SCRAM-SHA-512`,
  };
}
