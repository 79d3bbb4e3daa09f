import type { BalancerArgs, CertificateArgs, PoolArgs, RouteArgs, TlsArgs } from "../components/types";
import type { DatastoreArgs } from "../components/datastore-types";
import type { MonitoringArgs } from "../components/monitoring-types";

/** A pool as a stack's file has it. */
export interface PoolSettings extends Omit<
  PoolArgs,
  "secrets" | "secretFiles" | "stores" | "env" | "files" | "networks"
> {
  env?: Record<string, string>;
  envFile?: string;
  /** Names of variables. */
  secrets?: string[];
  /** Names of secrets, by path. */
  secretFiles?: Record<string, string>;
  /** Names of datastores, by variable. */
  stores?: Record<string, string>;
  /** Paths in the project's folder, by path in the container. */
  files?: Record<string, string>;
  networks?: string[];
}

/** A datastore as a stack's file has it, with the name of its password. */
export interface StoreSettings extends Omit<DatastoreArgs, "password"> {
  password?: string;
}

/** A certificate with its files. */
export interface CertificateSettings extends Pick<CertificateArgs, "hosts"> {
  certificateFile: string;
  keyFile: string;
}

/** TLS as a stack's file has it. */
export interface TlsSettings extends Omit<TlsArgs, "certificates" | "clients"> {
  certificates?: CertificateSettings[];
  clients?: { authorityFile: string; required?: boolean };
}

/** The balancer as a stack's file has it. */
export interface BalancerSettings extends Omit<BalancerArgs, "tls" | "unavailablePage"> {
  tls?: TlsSettings;
  unavailablePageFile?: string;
}

/** Monitoring as a stack's file has it. */
export interface MonitoringSettings extends Omit<MonitoringArgs, "sources" | "password"> {
  /** Name of a secret. */
  password?: string;
}

/** All settings of a stack's file. */
export interface StackSettings {
  pools: Record<string, PoolSettings>;
  datastores: Record<string, StoreSettings>;
  routes: RouteArgs[];
  balancer: BalancerSettings;
  monitoring?: MonitoringSettings;
}
