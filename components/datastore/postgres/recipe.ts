import { describeExporters, measurePostgres } from "../exporters";
import { describePostgresBackup } from "./backup";
import { describePooler } from "./pooler";
import { describeReplica, renderReplicaUser } from "./replica";
import { renderRights, renderUsers } from "./users";
import { type DescribeStore, nameServer, type StoreSecrets, titleServer } from "../recipe";

const dataFolder = "/var/lib/postgresql";
const officialImage = "postgres:18.1";
const ownerPasswordFile = "/etc/flotilla/owner-password";

/** PostgreSQL, with an owner for the schema and another user for the application. */
export const describePostgres: DescribeStore = (name, args) => {
  const { postgres, image = officialImage, metrics = false, backup } = args;
  const { database = "app", maxConnections = 100, pooling, readReplica = false } = postgres ?? {};
  const hasPooler = pooling !== undefined;
  const addressOf =
    (host: string) =>
    ({ version, current }: StoreSecrets) =>
      `postgresql://app_v${version}:${current}@${host}:5432/${database}`;
  return {
    image: officialImage,
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
          ...placeData(image),
        },
        // By TCP: the server that prepares the database listens on a socket alone.
        health: `pg_isready -q -h 127.0.0.1 -U owner -d ${database}`,
        files: ({ administrator }) => ({ [ownerPasswordFile]: administrator }),
        ...(readReplica ? { prepare: (secrets) => renderReplicaUser(database, secrets) } : {}),
      },
      ...(readReplica
        ? [{ ...describeReplica(name, database, maxConnections), dataFolder, env: placeData(image) }]
        : []),
    ],
    ...(hasPooler ? { companions: [describePooler(name, database, maxConnections, pooling)] } : {}),
    exporters: describeExporters(
      name,
      args,
      (readReplica ? [1, 2] : [1]).map((number) => measurePostgres(nameServer(name, number), database)),
    ),
    configure: (secrets) =>
      renderUsers(
        {
          ...{ database, hasPooler, hasReplica: readReplica },
          ...{ isMeasured: metrics, isBackedUp: backup !== undefined },
        },
        secrets,
      ),
    // Not by the pooler, which knows the application's users alone.
    backup: describePostgresBackup(nameServer(name, 1), database, (restored) =>
      renderRights(restored, hasPooler),
    ),
    url: addressOf(name),
    addresses: {
      owner: ({ administrator }) =>
        `postgresql://owner:${administrator}@${nameServer(name, 1)}:5432/${database}`,
      ...(hasPooler ? { direct: addressOf(nameServer(name, 1)) } : {}),
      ...(readReplica ? { read: addressOf(nameServer(name, 2)) } : {}),
    },
  };
};

/** Images before 18 have a volume of their own where their data would be, which ends with the container. */
function placeData(image: string): Record<string, string> {
  const [, version = ""] = /(?:^|\/)postgres:(\d+)/.exec(image) ?? [];
  return version !== "" && Number(version) < 18 ? { PGDATA: `${dataFolder}/${version}/docker` } : {};
}
