import { RedisEviction, RedisSync, type DatastoreArgs } from "../../datastore-types";
import type { Problem } from "../../arguments/problems";
import { type DescribeStore, nameServer, type ServerRecipe, type StoreSecrets, titleServer } from "../recipe";
import { describeExporters, measureRedis } from "../exporters";
import { describeRedisBackup } from "./backup";
import { describeFailover, nameSentinels } from "./failover";
import { askRedis, findServer, redisFiles, renderAppUser, renderUsers, takeUsers } from "./users";

/** Redis, with every change on the disk and a user that cannot administrate it. */
export const describeRedis: DescribeStore = (name, args) => {
  const settings = renderSettings(args);
  const fails = args.redis?.replica === true;
  const server: ServerRecipe = {
    title: titleServer(1),
    aliases: [name, nameServer(name, 1)],
    dataFolder: "/data",
    command: [
      "sh",
      "-ec",
      `${findServer}\n${takeUsers}\nexec docker-entrypoint.sh "$program" ${redisFiles.settings}\n`,
    ],
    health: `${askRedis} ping | grep -q PONG`,
    files: (secrets) => ({
      [redisFiles.settings]: settings,
      [redisFiles.users]: renderUsers(secrets, {
        hasReplica: fails,
        isBackedUp: args.backup !== undefined,
        metrics: args.metrics ?? false,
      }),
    }),
  };
  const shared = {
    image: "redis:8.2",
    configure: (secrets: StoreSecrets) =>
      renderAppUser(
        secrets,
        (fails ? [1, 2] : [1]).map((number) => nameServer(name, number)),
      ),
    exporters: describeExporters(
      name,
      args,
      (fails ? [1, 2] : [1]).map((number) => measureRedis(nameServer(name, number))),
    ),
    backup: describeRedisBackup(name, fails ? nameSentinels(name) : []),
    url: ({ current }: StoreSecrets) => `redis://app:${current}@${name}:6379/0`,
  };
  if (fails) return { ...shared, ...describeFailover(name, server) };
  return {
    ...shared,
    servers: [server],
    guard: {
      title: titleServer(1),
      command: `${askRedis} role | head -n 1`,
      judge: (role) => ({ problems: role === "slave" ? [onlyFollows] : [], warnings: [] }),
    },
  };
};

const onlyFollows: Problem = {
  path: ["redis", "replica"],
  value: false,
  rule: "stay true",
  remedy:
    "The second server leads, and has the newest data. Let the first one take over, with replica: true: stop the second one for ten seconds, and start it again.",
};

function renderSettings({ redis, limits }: DatastoreArgs): string {
  const { sync = RedisSync.Always, eviction = RedisEviction.None } = redis ?? {};
  const maxMemoryMiB =
    redis?.maxMemoryMiB ??
    (limits?.memoryMiB === undefined ? undefined : Math.max(1, Math.floor(limits.memoryMiB * 0.75)));
  return [
    "dir /data",
    "port 6379",
    // Only containers of its own network reach it, and users have passwords.
    "protected-mode no",
    "appendonly yes",
    `appendfsync ${sync}`,
    "save 3600 1 300 100 60 10000",
    ...(maxMemoryMiB === undefined ? [] : [`maxmemory ${maxMemoryMiB}mb`]),
    `maxmemory-policy ${eviction}`,
    `aclfile ${redisFiles.allUsers}`,
    "",
  ].join("\n");
}
