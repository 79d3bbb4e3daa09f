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
import { askRedis, hash, redisFiles, takeUsers, findServer } from "./users";

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

/** What the servers need to follow each other. */
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

/** Starts a server as the sentinels say, or else as it ended: one that comes back must not believe that it still leads. */
function renderStart(host: string, follows: string, sentinels: string[], name: string): string {
  return `${findServer}
${takeUsers}
if [ -e /data/redis.conf ]; then leader=$(sed -n 's/^replicaof \\([^ ]*\\) .*/\\1/p' /data/redis.conf | tail -n 1); else leader=${follows}; fi
said=$(for sentinel in ${sentinels.join(" ")}; do
  timeout 2 ${askSentinel} -h "$sentinel" sentinel get-master-addr-by-name ${name} 2>/dev/null | head -n 1
done | grep -xE '${name}-[12]' | sort | uniq -d || true)
case $said in
  "") ;;
  ${host}) leader= ;;
  *) leader=$said ;;
esac
{ echo "include ${redisFiles.failover}"; [ -z "$leader" ] || echo "replicaof $leader 6379"; } > /data/redis.conf
exec docker-entrypoint.sh "$program" /data/redis.conf
`;
}

/** Lets the other server lead before this one ends; what was acknowledged is there by then. */
function renderHandover(name: string, host: string, sentinels: string[], secrets: StoreSecrets): string {
  const asAdministrator = `REDISCLI_AUTH='${secrets.administrator}' timeout 3 redis-cli --user administrator`;
  const asSentinel = `REDISCLI_AUTH='${derivePassword(secrets, "sentinel")}' timeout 3 redis-cli -p 26379 --user sentinel`;
  return `
here() { ${asAdministrator} "$@"; }
replication() { here info replication | tr -d '\\r'; }
is_level() { replication | awk -F'[:=,]' '/^slave0:/ { for (i = 1; i < NF; i++) { if ($i == "state") state = $(i + 1); if ($i == "offset") theirs = $(i + 1) } } /^master_repl_offset:/ { ours = $2 } END { exit !(state == "online" && ours == theirs) }'; }
await() { tries=0; until "$@"; do tries=$((tries + 1)); [ "$tries" -lt 50 ] || return 1; sleep 0.1; done; }
has_left() { [ "$(timeout 2 ${askSentinel} -h "$sentinel" sentinel get-master-addr-by-name ${name} | head -n 1)" != ${host} ]; }
[ "$(here role | head -n 1)" = master ] || exit 0
replication | grep -q '^slave0:.*state=online' || exit 0
here client pause 60000 write > /dev/null
if await is_level; then
  for sentinel in ${sentinels.join(" ")}; do
    if ${asSentinel} -h "$sentinel" sentinel failover ${name} | grep -qx OK && await has_left; then
      echo "the other server leads"
      exit 0
    fi
  done
fi
here client unpause > /dev/null
`;
}

function resolveSentinel(name: string, sentinel: string, number: number, hosts: string[]): ServerRecipe {
  return {
    title: `sentinel-${number}`,
    aliases: [sentinel],
    command: ["sh", "-ec", renderSentinelStart(hosts)],
    health: `${askSentinel} sentinel get-master-addr-by-name ${name} | grep -q .`,
    files: (secrets) => ({ "/etc/flotilla/sentinel.conf": renderSentinel(name, sentinel, secrets) }),
    limits: { memoryMiB: 64 },
  };
}

/** A sentinel that starts anew finds out who leads by itself. */
function renderSentinelStart(hosts: string[]): string {
  return `
${findServer}
if [ ! -e /data/sentinel.conf ]; then
  leader=${hosts[0] ?? ""}
  for host in ${hosts.join(" ")}; do
    [ "$(timeout 2 ${askRedis} -h "$host" role 2>/dev/null | head -n 1)" != master ] || leader=$host
  done
  sed "s/LEADER/$leader/" /etc/flotilla/sentinel.conf > /data/sentinel.conf
fi
exec docker-entrypoint.sh "$program" /data/sentinel.conf --sentinel
`;
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
