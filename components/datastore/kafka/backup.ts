import { composeShell } from "../../../engine/shell";
import type { BackupRecipe } from "../recipe";
import { kafkaFiles, kafkaLog, numberBrokers, renderAdministrator, renderProperties } from "./settings";
import { backupSh, commandsSh } from "./texts";
import { renderKafkaSetup, type Setup } from "./topics";

const folder = "/etc/flotilla/backup";
const files = { settings: `${folder}/scratch.properties`, setup: `${folder}/setup.sh` };
/** Where the folders of the brokers are, by number. */
const brokers = "/brokers";
const ports = { broker: 19093, controller: 19094 };
const scratchFolder = "/staging/scratch/data";

/**
 * How Kafka is backed up: by copies of its files, which keep every message's number, each consumer's place and all settings.
 * All brokers hold the same, so that one's files are enough for all.
 */
export function resolveKafkaBackup(setup: Setup, count: number): BackupRecipe {
  return {
    functions: composeShell(
      {
        ...{ bootstrap: setup.bootstrap, numbers: numberBrokers(count).join(" "), brokers },
        scratch_server: `127.0.0.1:${ports.broker}`,
      },
      ...[commandsSh, backupSh],
    ),
    passwords: () => ({}),
    files: (secrets) => ({
      [kafkaFiles.administrator]: renderAdministrator(secrets),
      [kafkaFiles.log]: kafkaLog,
      [files.settings]: scratchSettings,
      [files.setup]: renderKafkaSetup(setup, secrets),
    }),
    user: "0",
    dataFolders: brokers,
  };
}

/** A broker that nobody else reaches, and that removes nothing. */
const scratchSettings = renderProperties({
  "node.id": 1,
  "process.roles": "broker,controller",
  "controller.quorum.voters": `1@127.0.0.1:${ports.controller}`,
  "log.dirs": scratchFolder,
  listeners: `BROKERS://127.0.0.1:${ports.broker},CONTROLLERS://127.0.0.1:${ports.controller}`,
  "listener.security.protocol.map": "BROKERS:PLAINTEXT,CONTROLLERS:PLAINTEXT",
  "inter.broker.listener.name": "BROKERS",
  "controller.listener.names": "CONTROLLERS",
  // The others are not there, and what this one has is all there is.
  "broker.session.timeout.ms": 3000,
  "broker.heartbeat.interval.ms": 500,
  "unclean.leader.election.enable": true,
  "unclean.leader.election.interval.ms": 1000,
  "log.cleaner.enable": false,
  "log.retention.check.interval.ms": 31_536_000_000,
  "offsets.retention.check.interval.ms": 31_536_000_000,
});
