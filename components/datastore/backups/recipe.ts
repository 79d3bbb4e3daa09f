import { backupProgram } from "../../../backup/bundle";
import type { Keep } from "../../../backup/retention";
import { backupPort, type BackupSettings, files, type PlaceSettings } from "../../../backup/settings";
import type { BackupArgs, BackupKeepArgs } from "../../backup-types";
import type { DatastoreArgs } from "../../datastore-types";
import { ownName } from "../../resources/own-names";
import { dumpHealth, dumpScript, renderDumpScript, secretFile } from "./dump-loop";
import type { BackupRecipe, ServerRecipe } from "../recipe";

/** What runs the program that keeps backups. */
export const keeperImage = "node:24-slim";

/** What the program that keeps backups must not show to others. */
export interface KeeperSecrets {
  /** What to encrypt with. */
  key?: string;
  accessKey?: string;
  secretKey?: string;
}

/** Host name of the container that keeps a datastore's backups. */
export function nameKeeper(store: string): string {
  return `${store}-backup`;
}

/** The container with the datastore's own tools, which dumps it and tries dumps out. */
export function describeDumper(
  name: string,
  { limits }: DatastoreArgs,
  backup: BackupArgs,
  { functions, passwords, files: further = () => ({}) }: BackupRecipe,
): ServerRecipe {
  return {
    title: "dump",
    aliases: [`${name}-dump`],
    command: ["sh", dumpScript],
    health: dumpHealth,
    healthTimes: { intervalSeconds: 15 },
    files: (secrets) => ({
      [dumpScript]: renderDumpScript(functions),
      ...further(secrets),
      ...Object.fromEntries(
        Object.entries(passwords(secrets)).map(([user, password]) => [secretFile(user), password]),
      ),
    }),
    // A server that tries out a dump holds as much as the datastore.
    limits: backup.limits ?? {
      cpus: 0.5,
      ...(limits?.memoryMiB === undefined ? {} : { memoryMiB: limits.memoryMiB + 64 }),
    },
  };
}

/** The container that keeps backups. */
export function describeKeeper(
  name: string,
  { engine }: DatastoreArgs,
  backup: BackupArgs,
): ServerRecipe<KeeperSecrets> {
  const settings: BackupSettings = {
    store: name,
    engine,
    schedule: backup.schedule ?? "0 3 * * *",
    place: describePlace(name, backup),
    keep: describeKeep(backup.keep),
    verify: backup.verify ?? true,
    encrypt: backup.encrypt === true || backup.encryptionKey !== undefined,
  };
  const ask = `fetch("http://127.0.0.1:${backupPort}/health").then(async r=>{console.log(await r.text());process.exit(r.ok?0:1)})`;
  return {
    title: "backup",
    aliases: [nameKeeper(name)],
    command: ["node", files.program],
    health: `node -e '${ask}'`,
    healthTimes: { intervalSeconds: 60, timeoutSeconds: 20, retries: 3 },
    files: ({ key, accessKey, secretKey }) => ({
      [files.program]: backupProgram,
      [files.settings]: JSON.stringify(settings),
      ...(key === undefined ? {} : { [files.key]: key }),
      ...(accessKey === undefined ? {} : { [files.accessKey]: accessKey }),
      ...(secretKey === undefined ? {} : { [files.secretKey]: secretKey }),
    }),
    limits: { cpus: 0.5, memoryMiB: 256 },
  };
}

/** Each datastore of each stack has a folder of its own, which another deployment of it finds again. */
function describePlace(name: string, { to = {} }: BackupArgs): PlaceSettings {
  const own = ownName(name);
  if (to.s3 === undefined) return { folder: `${files.backups}/${own}` };
  const { endpoint, region = "us-east-1", bucket, prefix = "" } = to.s3;
  const start = prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`;
  return { s3: { endpoint, region, bucket, prefix: `${start}${own}/` } };
}

function describeKeep({ count, days }: BackupKeepArgs = {}): Keep {
  if (count === undefined && days === undefined) return { count: 7, days: 30 };
  return { ...(count === undefined ? {} : { count }), ...(days === undefined ? {} : { days }) };
}
