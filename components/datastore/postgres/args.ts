/** For how long a client of PostgreSQL's pooler has a connection to the server. */
export enum PostgresPoolMode {
  /** Until its transaction ends: few connections serve many clients, which keep nothing else between transactions. */
  Transaction = "transaction",
  /** Until it disconnects: everything works as it does without the pooler. */
  Session = "session",
}

/** A pooler in front of PostgreSQL. */
export interface PostgresPoolingArgs {
  /** For how long a client has a connection to the server. Defaults to transaction. */
  mode?: PostgresPoolMode;
  /** Most clients that are connected to the pooler. Defaults to 1000. */
  maxClients?: number;
  /** Most connections to the server for each password in use. Defaults to 20, or to what `maxConnections` allows. */
  size?: number;
  /** Image of PgBouncer. Defaults to one that is kept up to date by its project. */
  image?: string;
}

/** Settings of PostgreSQL. */
export interface PostgresArgs {
  /** Name of the database. Defaults to `app`. */
  database?: string;
  /** Most connections. Defaults to 100. */
  maxConnections?: number;
  /** Puts a pooler in front of the server. Defaults to none. */
  pooling?: PostgresPoolingArgs;
  /** Number of servers: 1, or 2, of which the second follows the first and answers what only reads. Defaults to 1. */
  servers?: number;
}
