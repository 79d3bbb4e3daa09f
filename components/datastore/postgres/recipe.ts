import { resolveExporters } from "../exporters";
import type { StoreModelWith } from "../fields";
import { forEachServer, nameServer, type StoreRecipe, type StoreSecrets, titleServer } from "../recipe";
import { resolvePostgresBackup } from "./backup";
import { measurePostgres } from "./figures";
import { resolvePooler } from "./pooler";
import { resolveReplica, renderReplicaUser } from "./replica";
import type { PostgresSettings } from "./schema";
import { renderRights, renderUsers } from "./users";

const dataFolder = "/var/lib/postgresql";
const ownerPasswordFile = "/etc/flotilla/owner-password";

export function resolvePostgres(name: string, store: StoreModelWith<PostgresSettings>): StoreRecipe {
  const { settings, image, metrics, backup } = store;
  const { database, maxConnections, pooling, servers } = settings;
  const hasReplica = servers === 2;
  const hasPooler = pooling !== undefined;
  const addressOf =
    (host: string) =>
    ({ version, current }: StoreSecrets) =>
      `postgresql://app_v${version}:${current}@${host}:5432/${database}`;
  return {
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
        ...(hasReplica ? { prepare: (secrets) => renderReplicaUser(database, secrets) } : {}),
      },
      ...(hasReplica
        ? [{ ...resolveReplica(name, database, maxConnections), dataFolder, env: placeData(image) }]
        : []),
    ],
    companions: hasPooler ? [resolvePooler(name, database, pooling)] : [],
    exporters: resolveExporters(
      name,
      store,
      forEachServer(servers, (number) => measurePostgres(nameServer(name, number), database)),
    ),
    configure: (secrets) =>
      renderUsers(
        {
          ...{ database, hasPooler, hasReplica },
          ...{ isMeasured: metrics, isBackedUp: backup !== undefined },
        },
        secrets,
      ),
    // Not by the pooler, which knows the application's users alone.
    backup: resolvePostgresBackup(nameServer(name, 1), database, (restored) =>
      renderRights(restored, hasPooler),
    ),
    url: addressOf(name),
    addresses: {
      owner: ({ administrator }) =>
        `postgresql://owner:${administrator}@${nameServer(name, 1)}:5432/${database}`,
      ...(hasPooler ? { direct: addressOf(nameServer(name, 1)) } : {}),
      ...(hasReplica ? { read: addressOf(nameServer(name, 2)) } : {}),
    },
  };
}

/** Images before 18 have a volume of their own where their data would be, which ends with the container. */
function placeData(image: string): Record<string, string> {
  const [, version = ""] = /(?:^|\/)postgres:(\d+)/.exec(image) ?? [];
  return version !== "" && Number(version) < 18 ? { PGDATA: `${dataFolder}/${version}/docker` } : {};
}
