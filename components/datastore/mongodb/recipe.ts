import { resolveExporters } from "../exporters";
import type { StoreModelWith } from "../fields";
import { resolveMongodbBackup } from "./backup";
import { measureMongodb } from "./figures";
import type { MongodbSettings } from "./schema";
import { renderMongodbSetup } from "./setup";
import { shellSettings } from "./shell";
import { listUsers } from "./users";
import { readSeeds } from "./seeds";
import {
  derivePassword,
  forEachServer,
  nameServer,
  type ServerRecipe,
  type StoreRecipe,
  type StoreSecrets,
  titleServer,
} from "../recipe";

const port = 27017;
const passwordFile = "/etc/flotilla/administrator-password";
const keyFile = "/etc/flotilla/key";
/** The copy of the key that the server takes: it refuses one that others may read. */
const ownKeyFile = "/run/mongodb.key";

export function resolveMongodb(name: string, store: StoreModelWith<MongodbSettings>): StoreRecipe {
  const { settings, limits } = store;
  const { database, servers: count, indexes, seeds } = settings;
  const replicaSet = count === 1 ? undefined : name;
  const options = [
    "--bind_ip_all",
    // It would log each connection of a health check.
    "--quiet",
    ...(limits?.memoryMiB === undefined
      ? []
      : ["--wiredTigerCacheSizeGB", renderCacheSize(limits.memoryMiB)]),
  ];
  const servers = forEachServer(count, (number) => nameServer(name, number));
  const hosts = (count === 1 ? [name] : servers).map(withPort);
  const place = { hosts, replicaSet, database };
  return {
    servers: forEachServer(count, (number): ServerRecipe => ({
      title: titleServer(number),
      aliases: [name, nameServer(name, number)],
      dataFolder: "/data/db",
      command: replicaSet === undefined ? ["mongod", "--auth", ...options] : joinSet(replicaSet, options),
      ...(number === 1 ? { env: administratorEnv } : {}),
      health,
      healthTimes,
      files: (secrets) => ({
        ...shellSettings,
        ...(number === 1 ? { [passwordFile]: secrets.administrator } : {}),
        ...(replicaSet === undefined ? {} : { [keyFile]: deriveKey(secrets) }),
      }),
    })),
    // The first to come back has nobody who votes for it.
    quorum: Math.ceil(count / 2),
    keepsServerCount: true,
    configure: (secrets) =>
      renderMongodbSetup({
        ...{ ...place, secrets, indexes: listIndexes(indexes) },
        users: listUsers(store, database, secrets),
        seeds: readSeeds(seeds),
      }),
    backup: resolveMongodbBackup(place),
    exporters: resolveExporters(name, store, servers.map(measureMongodb)),
    url: ({ version, current }) => {
      const query = [
        ...(replicaSet === undefined ? [] : [`replicaSet=${replicaSet}`]),
        `authSource=${database}`,
        ...(replicaSet === undefined ? [] : ["w=majority"]),
        "journal=true",
      ].join("&");
      return `mongodb://app_v${version}:${current}@${hosts.join(",")}/${database}?${query}`;
    },
  };
}

// The image makes this user when there are no data. The other members of a set get it from the first.
const administratorEnv = {
  MONGO_INITDB_ROOT_USERNAME: "administrator",
  MONGO_INITDB_ROOT_PASSWORD_FILE: passwordFile,
};

/** The shell takes a second of CPU to start. */
const healthTimes = { intervalSeconds: 15, timeoutSeconds: 30, retries: 4 };

// It is run as root, whose files do not belong among the data. By the container's own name: a server that the image prepares listens on localhost alone. A member of a set that is not
// initiated yet waits for that, so it counts as healthy; later it has to be in step with the others.
// The engine gives up a check that takes too long, but leaves the shell running: on a busy host they would become more and more.
const health = `HOME=/tmp timeout --signal=KILL ${healthTimes.timeoutSeconds - 2} mongosh --quiet --norc --host "$(hostname)" --eval 'const { ok, isWritablePrimary, secondary, isreplicaset } = db.hello(); quit(ok === 1 && (isWritablePrimary || secondary || isreplicaset) ? 0 : 1)'`;

function joinSet(replicaSet: string, options: string[]): string[] {
  const start = [
    "docker-entrypoint.sh",
    "mongod",
    "--replSet",
    replicaSet,
    "--keyFile",
    ownKeyFile,
    ...options,
  ];
  const copyKey = `install -o mongodb -g mongodb -m 400 ${keyFile} ${ownKeyFile}`;
  return ["bash", "-c", `${copyKey} && exec "$@"`, "--", ...start];
}

/** The secret by which members know each other, in the alphabet that the server wants. */
function deriveKey(secrets: StoreSecrets): string {
  return derivePassword(secrets, "members").replaceAll("-", "+").replaceAll("_", "/");
}

/** Half of the memory that the server and a health check leave, and no less than the server accepts. */
function renderCacheSize(memoryMiB: number): string {
  return Math.max(0.25, (memoryMiB - 512) / 2 / 1024).toFixed(2);
}

function withPort(host: string): string {
  return `${host}:${port}`;
}

function listIndexes(indexes: MongodbSettings["indexes"]) {
  return Object.entries(indexes).flatMap(([collection, wanted]) =>
    wanted.map(({ keys, ...options }) => ({
      collection,
      keys: keys.map((key): [string, number] => (key.startsWith("-") ? [key.slice(1), -1] : [key, 1])),
      options,
    })),
  );
}
