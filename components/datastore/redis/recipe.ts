import type { Problem } from "../../arguments/problems";
import { resolveExporters } from "../exporters";
import type { StoreModelWith } from "../fields";
import { forEachServer, nameServer, type ServerRecipe, type StoreRecipe, titleServer } from "../recipe";
import { resolveRedisBackup } from "./backup";
import { resolveFailover, nameSentinels } from "./failover";
import { measureRedis } from "./figures";
import type { RedisSettings } from "./schema";
import { findServerSh, startSh, takeUsersSh } from "./texts";
import { askRedis, redisFiles, renderAppUser, renderUsers } from "./users";

export function resolveRedis(name: string, store: StoreModelWith<RedisSettings>): StoreRecipe {
  const settings = renderSettings(store);
  const { servers } = store.settings;
  const hasReplica = servers === 2;
  const hosts = forEachServer(servers, (number) => nameServer(name, number));
  const server: ServerRecipe = {
    title: titleServer(1),
    aliases: [name, nameServer(name, 1)],
    dataFolder: "/data",
    command: ["sh", "-ec", `${findServerSh}\n${takeUsersSh}${startSh}`],
    health: `${askRedis} ping | grep -q PONG`,
    files: (secrets) => ({
      [redisFiles.settings]: settings,
      [redisFiles.users]: renderUsers(secrets, {
        hasReplica,
        isBackedUp: store.backup !== undefined,
        metrics: store.metrics,
      }),
    }),
  };
  const alone: StoreRecipe = {
    servers: [server],
    configure: (secrets) => renderAppUser(secrets, hosts),
    exporters: resolveExporters(name, store, hosts.map(measureRedis)),
    backup: resolveRedisBackup(name, hasReplica ? nameSentinels(name) : []),
    url: ({ current }) => `redis://app:${current}@${name}:6379/0`,
    guard: {
      title: titleServer(1),
      command: `${askRedis} role | head -n 1`,
      findObjections: (role) => ({ problems: role === "slave" ? [onlyFollows] : [], warnings: [] }),
    },
  };
  return hasReplica ? { ...alone, guard: undefined, ...resolveFailover(name, server) } : alone;
}

const onlyFollows: Problem = {
  path: ["redis", "servers"],
  value: 1,
  rule: "stay 2",
  remedy:
    "The second server leads, and has the newest data. Let the first one take over, with servers: 2: stop the second one for ten seconds, and start it again.",
};

function renderSettings({ settings, limits }: StoreModelWith<RedisSettings>): string {
  const { sync, eviction } = settings;
  const maxMemoryMiB =
    settings.maxMemoryMiB ??
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
