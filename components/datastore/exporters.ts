import type { DatastoreArgs } from "../datastore-types";
import { exporterProgram } from "../../exporter/bundle";
import { exporterFiles, exporterPort, type ExporterSettings } from "../../exporter/settings";
import { keeperImage } from "./backups/recipe";
import { kafkaPorts } from "./kafka/settings";
import { derivePassword, type ExporterRecipe } from "./recipe";

/** Name of the user that exporters have in a datastore, and of its password. */
export const monitoringUser = "monitoring";

const defaultLimits = { cpus: 0.25, memoryMiB: 64 };
const folder = "/etc/flotilla";

/** What the exporter of an engine is, whatever datastore it is beside. */
export type EngineExporter = Pick<
  ExporterRecipe,
  "image" | "command" | "env" | "files" | "health" | "healthTimes" | "port" | "server" | "limits"
>;

/** The exporters of a datastore that shall have figures. */
export function describeExporters(
  store: string,
  { metrics = false, exporter = {} }: DatastoreArgs,
  measured: EngineExporter[],
): ExporterRecipe[] {
  if (!metrics) return [];
  return measured.map((each, index) => {
    const title = index === 0 ? "exporter" : `exporter-${index + 1}`;
    return {
      ...each,
      title,
      aliases: [`${store}-${title}`],
      ...(exporter.image === undefined ? {} : { image: exporter.image }),
      limits: exporter.limits ?? each.limits ?? defaultLimits,
    };
  });
}

/** Measures a Redis server; its image has no shell that a health check could use. */
export function measureRedis(server: string): EngineExporter {
  const passwordFile = `${folder}/passwords.json`;
  return {
    image: "oliver006/redis_exporter:v1.86.0",
    server,
    port: 9121,
    env: {
      REDIS_ADDR: `redis://${server}:6379`,
      REDIS_USER: monitoringUser,
      REDIS_PASSWORD_FILE: passwordFile,
      // Settings may hold secrets, so that its user may not read them.
      REDIS_EXPORTER_CONFIG_COMMAND: "-",
    },
    files: (secrets) => ({
      [passwordFile]: JSON.stringify({
        [`redis://${monitoringUser}@${server}:6379`]: derivePassword(secrets, monitoringUser),
      }),
    }),
  };
}

/** Measures a cluster of Kafka, by a program of Flotilla's own. */
export function measureKafka(server: string, brokers: string[]): EngineExporter {
  const settings: ExporterSettings = {
    user: monitoringUser,
    brokers: brokers.map((host) => ({ host, port: kafkaPorts.clients })),
  };
  const ask = `fetch("http://127.0.0.1:${exporterPort}/health").then(r=>process.exit(r.ok?0:1))`;
  return {
    image: keeperImage,
    server,
    port: exporterPort,
    command: ["node", exporterFiles.program],
    health: `node -e '${ask}'`,
    files: (secrets) => ({
      [exporterFiles.program]: exporterProgram,
      [exporterFiles.settings]: JSON.stringify(settings),
      [exporterFiles.password]: derivePassword(secrets, monitoringUser),
    }),
  };
}

/** Measures a PostgreSQL server, and the tables of its database. */
export function measurePostgres(server: string, database: string): EngineExporter {
  const passwordFile = `${folder}/monitoring-password`;
  return {
    image: "prometheuscommunity/postgres-exporter:v0.19.1",
    server,
    port: 9187,
    env: {
      DATA_SOURCE_URI: `${server}:5432/${database}?sslmode=disable`,
      DATA_SOURCE_USER: monitoringUser,
      DATA_SOURCE_PASS_FILE: passwordFile,
    },
    health: "wget -q -O /dev/null http://127.0.0.1:9187/",
    files: (secrets) => ({ [passwordFile]: derivePassword(secrets, monitoringUser) }),
  };
}
