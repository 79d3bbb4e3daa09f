import { createHash } from "node:crypto";
import { RedisEviction, RedisSync } from "../../datastore-types";
import { backupPassword, type DescribeStore, nameServer, type StoreSecrets, titleServer } from "./recipe";
import { renderRedisBackup } from "./redis-backup";

const settingsFile = "/etc/flotilla/redis.conf";
const usersFile = "/etc/flotilla/users.acl";

/** Redis, with every change on the disk and a user that cannot administrate it. */
export const describeRedis: DescribeStore = (name, { redis, limits, backup }) => {
  const { sync = RedisSync.Always, eviction = RedisEviction.None } = redis ?? {};
  const maxMemoryMiB =
    redis?.maxMemoryMiB ??
    (limits?.memoryMiB === undefined ? undefined : Math.max(1, Math.floor(limits.memoryMiB * 0.75)));
  const settings = [
    "dir /data",
    "port 6379",
    // Only containers of its own network reach it, and users have passwords.
    "protected-mode no",
    "appendonly yes",
    `appendfsync ${sync}`,
    "save 3600 1 300 100 60 10000",
    ...(maxMemoryMiB === undefined ? [] : [`maxmemory ${maxMemoryMiB}mb`]),
    `maxmemory-policy ${eviction}`,
    `aclfile ${usersFile}`,
    "",
  ].join("\n");
  return {
    image: "redis:8.2",
    servers: [
      {
        title: titleServer(1),
        aliases: [name, nameServer(name, 1)],
        dataFolder: "/data",
        command: ["redis-server", settingsFile],
        health: "redis-cli --no-auth-warning --user health --pass health ping | grep -q PONG",
        files: (secrets) => ({
          [settingsFile]: settings,
          [usersFile]: renderUsers(secrets, backup !== undefined),
        }),
      },
    ],
    configure: () => "",
    backup: {
      functions: renderRedisBackup(name),
      passwords: (secrets) => ({ backup: backupPassword(secrets), administrator: secrets.administrator }),
    },
    url: ({ current }) => `redis://app:${current}@${name}:6379/0`,
  };
};

/** The users; passwords as hashes, because the file is in the container. */
function renderUsers(secrets: StoreSecrets, isBackedUp: boolean): string {
  const { current, previous, administrator } = secrets;
  const hashes = [current, ...(previous === undefined ? [] : [previous])].map(hash).join(" ");
  return [
    "user default off",
    `user administrator on ${hash(administrator)} ~* &* +@all`,
    `user app on ${hashes} ~* &* +@all -@admin -@dangerous +info +keys +flushdb +sort`,
    // Its password is no secret: it can find out that Redis is there, and nothing else.
    `user health on ${hash("health")} -@all +ping`,
    ...(isBackedUp
      ? [`user backup on ${hash(backupPassword(secrets))} -@all +ping +replconf +sync +psync`]
      : []),
    "",
  ].join("\n");
}

function hash(password: string): string {
  return `#${createHash("sha256").update(password).digest("hex")}`;
}
