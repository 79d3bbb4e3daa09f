import { createHash } from "node:crypto";
import { composeShell } from "../../../engine/shell";
import { nameServer, type StoreSecrets } from "../recipe";
import { formatSh, startHoldableSh, startSh } from "./texts";

/** Ports of a broker: for applications, for the other brokers and administrators, and for the cluster's controllers. */
export const kafkaPorts = { clients: 9092, brokers: 9093, controllers: 9094 };

/** Where a broker keeps its data. */
export const kafkaData = "/var/lib/kafka/data";

/** A broker's files, by what they are for. */
export const kafkaFiles = {
  settings: "/etc/flotilla/kafka/server.properties",
  start: "/etc/flotilla/kafka/start.sh",
  log: "/etc/flotilla/kafka/log4j2.yaml",
  health: "/etc/flotilla/kafka/health.sh",
  /** Settings with which the image's commands reach the cluster as the administrator. */
  administrator: "/etc/flotilla/kafka/administrator.properties",
};

/** A broker of a cluster. */
export interface Broker {
  store: string;
  /** Its number, from 1. */
  node: number;
  /** Number of brokers of the cluster. */
  count: number;
}

const loginModule = "org.apache.kafka.common.security.plain.PlainLoginModule";

/** Names and ports by which the listeners of one kind are reached. */
export function listBrokers(store: string, count: number, port: number): string {
  return numberBrokers(count)
    .map((node) => `${nameServer(store, node)}:${port}`)
    .join(",");
}

/**
 * The settings of a broker, which is a controller too. Applications authenticate by SCRAM, whose passwords the cluster keeps;
 * brokers and controllers cannot, because they talk to each other before they know the cluster's data.
 */
export function renderKafkaSettings({ store, node, count }: Broker, { administrator }: StoreSecrets): string {
  const host = nameServer(store, node);
  const { clients, brokers, controllers } = kafkaPorts;
  const login = `${loginModule} required username="administrator" password="${administrator}" user_administrator="${administrator}";`;
  const inSync = count === 1 ? 1 : 2;
  const lines = {
    "node.id": node,
    "process.roles": "broker,controller",
    "controller.quorum.voters": numberBrokers(count)
      .map((each) => `${each}@${nameServer(store, each)}:${controllers}`)
      .join(","),
    "log.dirs": kafkaData,
    listeners: `CLIENTS://:${clients},BROKERS://:${brokers},CONTROLLERS://:${controllers}`,
    "advertised.listeners": `CLIENTS://${host}:${clients},BROKERS://${host}:${brokers}`,
    "listener.security.protocol.map":
      "CLIENTS:SASL_PLAINTEXT,BROKERS:SASL_PLAINTEXT,CONTROLLERS:SASL_PLAINTEXT",
    "inter.broker.listener.name": "BROKERS",
    "controller.listener.names": "CONTROLLERS",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "listener.name.clients.sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "listener.name.clients.scram-sha-512.sasl.jaas.config":
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "listener.name.brokers.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.brokers.plain.sasl.jaas.config": login,
    "listener.name.controllers.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.controllers.plain.sasl.jaas.config": login,
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:administrator",
    "auto.create.topics.enable": false,
    "default.replication.factor": count,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": count,
    "transaction.state.log.replication.factor": count,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": count,
    "share.coordinator.state.topic.min.isr": inSync,
  };
  return renderProperties(lines);
}

/** Settings of the image's commands. */
export function renderAdministrator({ administrator }: StoreSecrets): string {
  return renderProperties({
    "security.protocol": "SASL_PLAINTEXT",
    "sasl.mechanism": "PLAIN",
    "sasl.jaas.config": `${loginModule} required username="administrator" password="${administrator}";`,
  });
}

/** As long as this file is there, the broker does not run: its data are replaced. */
const hold = `${kafkaData}/.flotilla-hold`;

/** Shell script that starts a broker, with a folder of data that is new or its own. */
export function renderKafkaStart(store: string, canBeHeld: boolean): string {
  const values = { cluster: nameCluster(store), hold: canBeHeld ? hold : "" };
  return composeShell(values, formatSh, canBeHeld ? startHoldableSh : startSh);
}

/** The log of a broker: to the container's output alone, because files would grow in the container without end. */
export const kafkaLog = `Configuration:
  Appenders:
    Console:
      name: console
      target: SYSTEM_OUT
      PatternLayout:
        pattern: "%d %p %m (%c)%n"
  Loggers:
    Root:
      level: INFO
      AppenderRef:
        ref: console
`;

/** MiB of a broker's heap: less than half, because its files are cached in the rest, and commands run beside it. */
export function chooseHeap(memoryMiB: number | undefined): number {
  return memoryMiB === undefined ? 1024 : Math.min(6144, Math.floor(memoryMiB * 0.4));
}

/** Brokers that shall join each other have the same one, as 16 bytes in Base64. It starts with a letter, not with a hyphen. */
function nameCluster(store: string): string {
  const bytes = createHash("sha256").update(`flotilla ${store}`).digest().subarray(0, 16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("base64url");
}

/** Numbers of the brokers of a cluster. */
export function numberBrokers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** A file of settings. */
export function renderProperties(lines: Record<string, string | number | boolean>): string {
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
