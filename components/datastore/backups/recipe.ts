import { backupProgram } from "../../../backup/bundle";
import { backupPort, type BackupSettings, files, type PlaceSettings } from "../../../backup/settings";
import { ownName } from "../../resources/own-names";
import type { StoreModel } from "../fields";
import type { BackupRecipe, ServerRecipe } from "../recipe";
import { dumpHealth, dumpScript, renderDumpScript, secretFile } from "./dump-loop";
import type { BackupModel } from "./schema";

/** Secrets of the program that keeps backups. */
export interface KeeperSecrets {
  /** Key that records are signed and backups encrypted with. */
  key: string;
  /** Another one that older backups may have. */
  formerKey?: string;
  accessKey?: string;
  secretKey?: string;
  sessionToken?: string | undefined;
}

/** Host name of the container that keeps a datastore's backups. */
export function nameKeeper(store: string): string {
  return `${store}-backup`;
}

/** The container with the datastore's own tools, which dumps it and tries dumps out. */
export function resolveDumper(
  name: string,
  { limits }: BackupModel,
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
    limits,
  };
}

/** The container that keeps backups. */
export function resolveKeeper(
  name: string,
  { engine }: StoreModel,
  { schedule, to, keep, verify, encrypt }: BackupModel,
): ServerRecipe<KeeperSecrets> {
  const settings: BackupSettings = {
    store: name,
    engine,
    schedule,
    place: resolvePlace(name, to),
    keep,
    verify,
    encrypt,
  };
  const ask = `fetch("http://127.0.0.1:${backupPort}/health").then(async r=>{console.log(await r.text());process.exit(r.ok?0:1)})`;
  return {
    title: "backup",
    aliases: [nameKeeper(name)],
    command: ["node", files.program],
    health: `node -e '${ask}'`,
    healthTimes: { intervalSeconds: 60, timeoutSeconds: 20, retries: 3 },
    files: ({ key, formerKey, accessKey, secretKey, sessionToken }) => ({
      [files.program]: backupProgram,
      [files.settings]: JSON.stringify(settings),
      [files.key]: key,
      ...(formerKey === undefined ? {} : { [files.formerKey]: formerKey }),
      ...(accessKey === undefined ? {} : { [files.accessKey]: accessKey }),
      ...(secretKey === undefined ? {} : { [files.secretKey]: secretKey }),
      ...(sessionToken === undefined ? {} : { [files.sessionToken]: sessionToken }),
    }),
    limits: { cpus: 0.5, memoryMiB: 256 },
  };
}

/** Each datastore of each stack has a folder of its own, which another deployment of it finds again. */
function resolvePlace(name: string, to: BackupModel["to"]): PlaceSettings {
  const own = ownName(name);
  if (to.kind !== "s3") return { folder: `${files.backups}/${own}` };
  const { endpoint, region, bucket, prefix } = to;
  const start = prefix === undefined ? "" : `${prefix.replace(/\/$/, "")}/`;
  return { s3: { endpoint, region, bucket, prefix: `${start}${own}/` } };
}
