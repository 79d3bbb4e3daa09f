import { createHash } from "node:crypto";
import { composeShell } from "../../../engine/shell";
import { monitoringUser } from "../exporters";
import { derivePassword, type StoreSecrets } from "../recipe";
import { setAppUserSh } from "./texts";

/** Files in the servers of a Redis. */
export const redisFiles = {
  settings: "/etc/flotilla/redis.conf",
  users: "/etc/flotilla/users.acl",
  allUsers: "/data/users.acl",
  failover: "/etc/flotilla/failover.conf",
};

/** Shell command that asks a server of this container, as the user that knows nothing. */
export const askRedis = "redis-cli --no-auth-warning --user health --pass health";

/** The users but the application's; passwords as hashes, because the file is in the container. */
export function renderUsers(
  secrets: StoreSecrets,
  { hasReplica, isBackedUp, metrics }: { hasReplica: boolean; isBackedUp: boolean; metrics: boolean },
): string {
  return [
    "user default off",
    `user administrator on ${hash(secrets.administrator)} ~* &* +@all`,
    // Its password is no secret: it can find out that Redis is there, and who leads.
    `user health on ${hash("health")} -@all +ping +role`,
    ...(isBackedUp
      ? [`user backup on ${hash(derivePassword(secrets, "backup"))} -@all +ping +replconf +sync +psync`]
      : []),
    ...(hasReplica ? renderServerUsers(secrets) : []),
    ...(metrics ? [renderMonitoringUser(secrets)] : []),
    "",
  ].join("\n");
}

/** Shell script that gives the application's user its passwords on running servers, which keep them. */
export function renderAppUser({ current, previous, administrator }: StoreSecrets, hosts: string[]): string {
  const hashes = [current, ...(previous === undefined ? [] : [previous])].map(hash);
  return composeShell({ administrator, hosts: hosts.join(" "), hashes: hashes.join(" ") }, setAppUserSh);
}

function renderServerUsers(secrets: StoreSecrets): string[] {
  return [
    `user replica on ${hash(derivePassword(secrets, "replica"))} -@all +psync +replconf +ping`,
    `user sentinel on ${hash(derivePassword(secrets, "sentinel"))} allchannels -@all +multi +exec +slaveof +ping +role +info +publish +subscribe +config|rewrite +client|setname +client|kill +script|kill`,
  ];
}

/** It sees figures, but no key, no setting, and no entry of the slow log, which would show what was written. */
function renderMonitoringUser(secrets: StoreSecrets): string {
  const password = derivePassword(secrets, monitoringUser);
  return `user ${monitoringUser} on ${hash(password)} -@all +info +slowlog|len +latency|latest +latency|histogram +client|setname +command|info`;
}

/** How a file of users has a password. */
export function hash(password: string): string {
  return `#${createHash("sha256").update(password).digest("hex")}`;
}
