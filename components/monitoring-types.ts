import type * as pulumi from "@pulumi/pulumi";
import type { Thresholds } from "../monitoring/thresholds";
import type { RegistryArgs } from "./registry-types";
import type { ScrapeTarget } from "./scrape-types";
import type { LogArgs, ResourcesArgs } from "./container-types";

/** Component to be measured: each other one has this as its output `source`. */
export interface MonitoringSource {
  /** Where its figures are; they may change without a restart. */
  targets: pulumi.Input<ScrapeTarget[]>;
  /** Names of the networks on which they are. */
  networks: pulumi.Input<string[]>;
  /** Names of its containers: figures say which is which after others come. */
  containers?: pulumi.Input<string[]>;
}

/** The container of a server. */
export interface MonitoringServerArgs {
  /** Its image. Defaults to one that is pinned. */
  image?: string;
  /** The most that it may use, as a whole: what is left out has no limit. */
  limits?: ResourcesArgs;
}

/** Alertmanager, and how it is reached. */
export interface AlertmanagerArgs {
  /** Port of 127.0.0.1 at which it answers. Defaults to the one after Prometheus'. */
  port?: number;
  /** Its image. Defaults to `prom/alertmanager`, pinned. */
  image?: string;
  /** The most that it may use, as a whole: what is left out has no limit. Defaults to half a processor and 128 MiB. */
  limits?: ResourcesArgs;
}

/** Grafana, and how it is reached. */
export interface GrafanaArgs {
  /** Whether there is one. Defaults to true; in a stack's file to whether its image can be had. */
  enabled?: boolean;
  /** Port of 127.0.0.1 at which it answers. Defaults to the second after Prometheus'. */
  port?: number;
  /** Whether everybody who reaches that port may look, without a password. Defaults to false. */
  anonymous?: boolean;
  /** Its image. Defaults to `grafana/grafana`, pinned. */
  image?: string;
  /** The most that it may use, as a whole: what is left out has no limit. Defaults to one processor and 512 MiB. */
  limits?: ResourcesArgs;
}

/** How long figures are kept. */
export interface RetentionArgs {
  /** Days. Defaults to 90. */
  days?: number;
  /** Most MiB. Defaults to 4096. */
  sizeMiB?: number;
}

/** Slack's channel for alerts. */
export interface SlackArgs {
  /** Address of the incoming webhook. */
  address: pulumi.Input<string>;
  /** Channel, like `#alerts`. */
  channel: string;
}

/** Mail for alerts. */
export interface EmailArgs {
  /** Who gets it. */
  to: string[];
  /** Who sends it. */
  from: string;
  /** Host and port of the server that takes it. */
  server: string;
  /** User at that server. Defaults to none. */
  user?: string;
  /** Password of that user. */
  password?: pulumi.Input<string>;
  /** Whether it is sent over TLS alone. Defaults to true. */
  requireTls?: boolean;
}

/** Who is told of alerts. */
export interface NotifyArgs {
  /** Addresses that alerts are posted to as JSON. */
  webhooks?: pulumi.Input<string>[];
  /** Slack's channel. */
  slack?: SlackArgs;
  /** Mail. */
  email?: EmailArgs;
  /** Seconds for which alerts are collected before anybody is told. Defaults to 10. */
  groupSeconds?: number;
  /** Seconds after which what goes on is told again. Defaults to 4 hours. */
  repeatSeconds?: number;
}

/** Another place that gets a copy of all figures. */
export interface RemoteWriteArgs {
  /** Address that takes them. */
  url: string;
  /** Token for it. Defaults to none. */
  token?: pulumi.Input<string>;
}

/** Inputs of `Monitoring`. */
export interface MonitoringArgs {
  /** Components to be measured: the output `source` of each. */
  sources: pulumi.Input<MonitoringSource>[];
  /** Port of 127.0.0.1 at which Prometheus answers. Defaults to 9090. */
  port?: number;
  /** Password of the user `admin`. Defaults to one that is generated once. */
  password?: pulumi.Input<string>;
  /** Seconds between two looks. Defaults to 10. */
  intervalSeconds?: number;
  /** How long figures are kept. */
  retention?: RetentionArgs;
  /** From where on alerts fire. */
  thresholds?: Partial<Thresholds>;
  /** Names of alerts that are left out. */
  disabledAlerts?: string[];
  /** Address at which alerts are explained. Defaults to this project's page. */
  runbook?: string;
  /** Who is told of alerts. Defaults to nobody. */
  notify?: NotifyArgs;
  /** Other places that get a copy of all figures. */
  remoteWrite?: RemoteWriteArgs[];
  /** Whether the host is measured. Defaults to true. */
  host?: boolean;
  /**
   * Whether containers are measured, which takes the host's figures too. Defaults to false; in a stack's file to whether the
   * image of cAdvisor can be had.
   */
  containers?: boolean;
  /** The container of Prometheus. Its image defaults to `prom/prometheus`, pinned, and it has no limits. */
  prometheus?: MonitoringServerArgs;
  /** Alertmanager. */
  alertmanager?: AlertmanagerArgs;
  /** Measures the host. Its image defaults to `prom/node-exporter`, pinned; its limits to a quarter of a processor and 64 MiB. */
  nodeExporter?: MonitoringServerArgs;
  /** Measures containers. Its image defaults to `ghcr.io/google/cadvisor`, pinned; its limits to a quarter of a processor and 128 MiB. */
  cadvisor?: MonitoringServerArgs;
  /** Grafana with dashboards. Defaults to none; in a stack's file to one, if its image can be had. */
  grafana?: GrafanaArgs;
  /** Where these images come from. Defaults to what their names say. */
  registry?: RegistryArgs;
  /** Whether Pulumi refuses to delete the resources of the volumes with the data. Defaults to false. */
  protect?: boolean;
  /** How much log is kept. */
  logs?: LogArgs;
}
