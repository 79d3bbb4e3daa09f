import { exporterProgram } from "../../../exporter/bundle";
import { exporterFiles, exporterPort, type ExporterSettings } from "../../../exporter/settings";
import { type EngineExporter, monitoringUser } from "../exporters";
import { derivePassword, nodeImage } from "../recipe";
import { kafkaPorts } from "./settings";

/** Measures a cluster of Kafka, by a program of Flotilla's own. */
export function measureKafka(server: string, brokers: string[]): EngineExporter {
  const settings: ExporterSettings = {
    user: monitoringUser,
    brokers: brokers.map((host) => ({ host, port: kafkaPorts.clients })),
  };
  const ask = `fetch("http://127.0.0.1:${exporterPort}/health").then(r=>process.exit(r.ok?0:1))`;
  return {
    image: nodeImage,
    user: "node",
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
