import { composeShell } from "../../../engine/shell";
import {
  derivePassword,
  nameServer,
  type ServerRecipe,
  type StoreRecipe,
  type StoreSecrets,
  titleServer,
  forEachServer,
} from "../recipe";
import { renderProxy } from "./proxy";
import { findServerSh, handoverSh, startFollowingSh, startSentinelSh, takeUsersSh } from "./texts";
import { askRedis, hash, redisFiles } from "./users";

const sentinelNumbers = [1, 2, 3];
/** Time without an answer after which a server is taken for dead. */
export const downMilliseconds = 5000;
const askSentinel = "redis-cli --no-auth-warning -p 26379 --user health --pass health";

/** Host names of the sentinels. */
export function nameSentinels(name: string): string[] {
  return sentinelNumbers.map((number) => `${name}-sentinel-${number}`);
}

/** Two servers, one of which leads, three sentinels that agree on which, and a proxy that leads applications to it. */
export function resolveFailover(
  name: string,
  server: ServerRecipe,
): Pick<StoreRecipe, "servers" | "companions" | "addresses"> {
  const hosts = forEachServer(2, (number) => nameServer(name, number));
  const [first] = hosts;
  const sentinels = nameSentinels(name);
  return {
    servers: forEachServer(2, (number): ServerRecipe => {
      const host = nameServer(name, number);
      return {
        ...server,
        title: titleServer(number),
        aliases: [host],
        command: ["sh", "-ec", renderStart(host, host === first ? "" : first, sentinels, name)],
        // A replica is healthy when it follows.
        health: `${askRedis} role | tr '\\n' ' ' | grep -qE '^master |^slave [^ ]+ [0-9]+ connected '`,
        files: (secrets) => ({
          ...server.files?.(secrets),
          [redisFiles.failover]: renderReplication(host, secrets),
        }),
        leave: (secrets) => renderHandover(name, host, sentinels, secrets),
      };
    }),
    companions: [
      ...sentinels.map((sentinel, index) => resolveSentinel(name, sentinel, index + 1, hosts)),
      {
        title: "proxy",
        needsNoRoot: true,
        aliases: [name],
        image: "haproxy:3.2",
        command: ["haproxy", "-f", "/etc/flotilla/haproxy.cfg"],
        health: `bash -c 'exec 3<>/dev/tcp/127.0.0.1/6379 && printf "PING\\r\\n" >&3 && read -rt 3 line <&3 && [ -n "$line" ]'`,
        healthTimes: { intervalSeconds: 2 },
        files: () => ({ "/etc/flotilla/haproxy.cfg": renderProxy(name, hosts, sentinels) }),
        limits: { memoryMiB: 128 },
      },
    ],
    addresses: { read: ({ current }) => `redis://app:${current}@${name}:6380/0` },
  };
}

/** Renders the settings by which servers follow each other. */
function renderReplication(host: string, secrets: StoreSecrets): string {
  return [
    `include ${redisFiles.settings}`,
    "masteruser replica",
    `masterauth ${derivePassword(secrets, "replica")}`,
    `replica-announce-ip ${host}`,
    "replica-announce-port 6379",
    "",
  ].join("\n");
}

function renderStart(host: string, follows: string, sentinels: string[], name: string): string {
  const values = { host, follows, sentinels: sentinels.join(" "), name };
  return composeShell(values, findServerSh, takeUsersSh, startFollowingSh);
}

function renderHandover(name: string, host: string, sentinels: string[], secrets: StoreSecrets): string {
  return composeShell(
    {
      ...{ name, host, sentinels: sentinels.join(" "), administrator: secrets.administrator },
      sentinel_password: derivePassword(secrets, "sentinel"),
    },
    handoverSh,
  );
}

function resolveSentinel(name: string, sentinel: string, number: number, hosts: string[]): ServerRecipe {
  return {
    title: `sentinel-${number}`,
    aliases: [sentinel],
    command: ["sh", "-ec", composeShell({ hosts: hosts.join(" ") }, findServerSh, startSentinelSh)],
    health: `${askSentinel} sentinel get-master-addr-by-name ${name} | grep -q .`,
    files: (secrets) => ({ "/etc/flotilla/sentinel.conf": renderSentinel(name, sentinel, secrets) }),
    limits: { memoryMiB: 64 },
  };
}

function renderSentinel(name: string, sentinel: string, secrets: StoreSecrets): string {
  const password = derivePassword(secrets, "sentinel");
  return [
    "port 26379",
    "dir /data",
    "protected-mode no",
    "user default off",
    `user sentinel on ${hash(password)} ~* &* +@all`,
    `user health on ${hash("health")} -@all +ping +sentinel|get-master-addr-by-name`,
    "sentinel resolve-hostnames yes",
    "sentinel announce-hostnames yes",
    `sentinel announce-ip ${sentinel}`,
    "sentinel announce-port 26379",
    "sentinel sentinel-user sentinel",
    `sentinel sentinel-pass ${password}`,
    `sentinel monitor ${name} LEADER 6379 2`,
    `sentinel auth-user ${name} sentinel`,
    `sentinel auth-pass ${name} ${password}`,
    // Longer than a server that was killed needs to be back: it has all that was acknowledged, the other one may not.
    `sentinel down-after-milliseconds ${name} ${downMilliseconds}`,
    `sentinel failover-timeout ${name} 20000`,
    `sentinel parallel-syncs ${name} 1`,
    "",
  ].join("\n");
}
