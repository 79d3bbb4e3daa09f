/** Where Prometheus finds its files, in its container. */
export const prometheusPlaces = {
  settings: "/etc/prometheus/prometheus.yml",
  rules: "/etc/prometheus/rules.yml",
  web: "/etc/prometheus/web.yml",
  password: "/etc/prometheus/password",
  /** Request that the health check sends. */
  readyRequest: "/etc/prometheus/ready-request",
  /** Folder of the lists of targets, which change while it runs. */
  targets: "/etc/flotilla/targets",
  /** List of them. */
  targetsFile: "/etc/flotilla/targets/all.json",
  /** List of the stack's containers, for the host's exporter: what each of them is. */
  containersFile: "/etc/flotilla/targets/containers.prom",
  data: "/prometheus",
} as const;

/** Where Alertmanager finds its files, in its container. */
export const alertmanagerPlaces = {
  settings: "/etc/alertmanager/alertmanager.yml",
  web: "/etc/alertmanager/web.yml",
  /** Request that the health check sends. */
  readyRequest: "/etc/alertmanager/ready-request",
  /** Folder of the addresses and passwords by which others are told. */
  secrets: "/etc/alertmanager/secrets",
  data: "/alertmanager",
} as const;

/** Where Grafana finds its files, in its container. */
export const grafanaPlaces = {
  sources: "/etc/grafana/provisioning/datasources/flotilla.yml",
  provider: "/etc/grafana/provisioning/dashboards/flotilla.yml",
  dashboards: "/etc/flotilla/dashboards",
  password: "/etc/flotilla/password",
  data: "/var/lib/grafana",
} as const;
