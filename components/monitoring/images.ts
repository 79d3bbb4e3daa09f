/** Images of the servers, unless others are asked for. */
export const defaultImages = {
  prometheus: "prom/prometheus:v3.5.3",
  alertmanager: "prom/alertmanager:v0.33.1",
  nodeExporter: "prom/node-exporter:v1.11.1",
  cadvisor: "ghcr.io/google/cadvisor:v0.57.0",
  grafana: "grafana/grafana:12.3.1",
} as const;
