/** Where a MongoDB is, for its own tools. */
export interface MongodbPlace {
  /** The servers, with ports. */
  hosts: string[];
  /** Name of the replica set, if they are one. */
  replicaSet: string | undefined;
  /** Database of the application. */
  database: string;
}

/** Files without which each start of the shell leaves a log. */
export const shellSettings = {
  "/etc/mongosh.conf": "mongosh:\n  disableLogging: true\n  enableTelemetry: false\n",
};
