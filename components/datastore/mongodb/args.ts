/** An index of a collection. */
export interface MongodbIndex {
  /** Fields in order; one that starts with a hyphen is sorted downwards. */
  keys: string[];
  /** Whether no two documents may have the same values. Defaults to false. */
  unique?: boolean;
  /** Whether documents without the fields are left out. Defaults to false. */
  sparse?: boolean;
  /** Seconds after the time in the field at which a document is removed. Defaults to never. */
  expireAfterSeconds?: number;
  /** Name. Defaults to one that MongoDB makes of the fields. */
  name?: string;
}

/** Settings of MongoDB. */
export interface MongodbArgs {
  /** Name of the database. Defaults to `app`. */
  database?: string;
  /** Number of servers: 1, or a replica set of 3. It stays what it was when there were no data. Defaults to 1. */
  servers?: number;
  /** Indexes, by collection. One that is no longer listed stays. */
  indexes?: Record<string, MongodbIndex[]>;
  /** Scripts of mongosh, as paths in the project's folder; each runs once, in this order, in the database. */
  seeds?: string[];
}
