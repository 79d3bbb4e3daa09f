/** Settings of the program that measures Kafka. */
export interface ExporterSettings {
  user: string;
  brokers: { host: string; port: number }[];
}

/** Where it answers. */
export const exporterPort = 9308;

/** Its files in its container. */
export const exporterFiles = {
  program: "/opt/flotilla/exporter.js",
  settings: "/etc/flotilla/exporter.json",
  password: "/etc/flotilla/monitoring-password",
};
