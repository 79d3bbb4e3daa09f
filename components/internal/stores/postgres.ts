import { describeExporters, measurePostgres } from "./exporters";
import { describePooler } from "./postgres-pooler";
import { describeReplica, renderReplicaUser } from "./postgres-replica";
import { renderUsers } from "./postgres-users";
import { type DescribeStore, nameServer, type StoreSecrets, titleServer } from "./recipe";

const dataFolder = "/var/lib/postgresql";
const ownerPasswordFile = "/etc/flotilla/owner-password";

/** PostgreSQL, with an owner for the schema and another user for the application. */
export const describePostgres: DescribeStore = (name, args) => {
  const { postgres, metrics = false } = args;
  const { database = "app", maxConnections = 100, pooling, readReplica = false } = postgres ?? {};
  const hasPooler = pooling !== undefined;
  const addressOf =
    (host: string) =>
    ({ version, current }: StoreSecrets) =>
      `postgresql://app_v${version}:${current}@${host}:5432/${database}`;
  return {
    image: "postgres:18.1",
    servers: [
      {
        title: titleServer(1),
        // The pooler answers to the datastore's name.
        aliases: [...(hasPooler ? [] : [name]), nameServer(name, 1)],
        dataFolder,
        command: [
          "postgres",
          "-c",
          `max_connections=${maxConnections}`,
          "-c",
          "password_encryption=scram-sha-256",
        ],
        env: {
          POSTGRES_USER: "owner",
          POSTGRES_DB: database,
          POSTGRES_PASSWORD_FILE: ownerPasswordFile,
          POSTGRES_INITDB_ARGS: "--data-checksums --auth-host=scram-sha-256",
        },
        // By TCP: the server that prepares the database listens on a socket alone.
        health: `pg_isready -q -h 127.0.0.1 -U owner -d ${database}`,
        files: ({ administrator }) => ({ [ownerPasswordFile]: administrator }),
        ...(readReplica ? { prepare: (secrets) => renderReplicaUser(database, secrets) } : {}),
      },
      ...(readReplica ? [describeReplica(name, database, maxConnections, dataFolder)] : []),
    ],
    ...(hasPooler ? { companions: [describePooler(name, database, maxConnections, pooling)] } : {}),
    exporters: describeExporters(
      name,
      args,
      (readReplica ? [1, 2] : [1]).map((number) => measurePostgres(nameServer(name, number), database)),
    ),
    configure: (secrets) =>
      renderUsers({ database, hasPooler, hasReplica: readReplica, isMeasured: metrics }, secrets),
    url: addressOf(name),
    addresses: {
      ...(hasPooler ? { direct: addressOf(nameServer(name, 1)) } : {}),
      ...(readReplica ? { read: addressOf(nameServer(name, 2)) } : {}),
    },
  };
};
