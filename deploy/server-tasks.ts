/** A new container that has to prove itself. */
export interface Gate {
  /** Name of the container. */
  replica: string;
  /** Name that the user knows: pool and number. */
  title: string;
  /** Seconds it has to become healthy. */
  startSeconds: number;
  /** How a worker is treated, to which no traffic comes. */
  worker?: {
    /** Seconds it has to run where nothing says whether it is healthy. */
    settleSeconds: number;
    /** Seconds between SIGTERM and SIGKILL, in which it ends what it has in hand. */
    stopSeconds: number;
  };
  /** Whether it fails where its program starts as root. */
  mustNotBeRoot?: boolean;
  /** Names of switched-off mechanisms; tests prove with them that the suites notice. */
  without?: string[];
}

/** A secret that can be changed, as the state keeps it. */
export interface VersionedSecret {
  /** Number of the secret in use. */
  version: number;
  /** The secret in use. */
  current: string;
  /** The one before, valid until the next change. */
  previous?: string;
}

/** The passwords of a datastore, as the state keeps them. */
export interface Passwords extends VersionedSecret {
  /** Password of the user who may do everything. */
  administrator: string;
}

/** A datastore that shall be used. */
export interface StoreTask {
  /** Its servers, which have to be healthy. */
  servers: Gate[];
  /** Containers in front of them or beside them, which may need the users to be healthy. */
  companions: Gate[];
  /** Name of the container that the shell script is for. */
  container: string;
  title: string;
  /** Shell script that makes the users, and holds their passwords. */
  configure: string;
}

/** A server that others of its datastore wait for. */
export interface ServerTask extends Gate {
  /** Number of servers that must run before one of them can be healthy. */
  quorum: number;
}

/** Shell scripts for such a server, which may hold passwords. */
export interface ServerScripts {
  /** For when it is healthy. */
  prepare: string;
  /** For when it is removed. */
  leave: string;
}

/** A password and what the servers know of it. */
export interface Password {
  password: string;
  /** For Prometheus and Alertmanager. */
  hash: string;
}

/** Targets that Prometheus shall look at. */
export interface TargetsTask {
  /** The servers, which have to be healthy. */
  gates: Gate[];
  /** Name of Prometheus' container. */
  container: string;
  /** The list, as Prometheus reads it. */
  targets: string;
  /** The stack, as the label of its containers names it. */
  stack: string;
  /** Containers of each source: it runs again for others. */
  containers: string[][];
}

/** The password that Grafana's user shall have. */
export interface GrafanaTask {
  gate: Gate;
  password: string;
}
