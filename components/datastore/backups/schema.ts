import type { z } from "zod";
import { parseSchedule } from "../../../backup/cron";
import type { BackupArgs, BackupKeepArgs, BackupTargetArgs, S3Args } from "../../backup-types";
import type { ResourcesArgs } from "../../container-types";
import { secretInput } from "../../arguments/secrecy";
import {
  dockerVolume,
  closed,
  type Fields,
  flag,
  most,
  resources,
  text,
  whole,
} from "../../arguments/schema-parts";

const s3 = closed(
  {
    endpoint: text(
      "be the address of storage that speaks S3",
      (value) => URL.canParse(value) && /^https?:\/\/[^/?#]+\/?$/.test(value),
      "Write it like https://s3.eu-central-1.amazonaws.com.",
    ),
    region: text("be the name of a region", /^[\w-]+$/).default("us-east-1"),
    bucket: text("be the name of a bucket", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    prefix: text(
      "be a path of letters, digits, hyphens, dots, underscores and slashes",
      /^[\w.-]+(?:\/[\w.-]+)*\/?$/,
    ).optional(),
    accessKey: secretInput("be a key that is not empty", (value) => /^\S+$/.test(value)),
    secretKey: secretInput("be a key that is not empty", (value) => /^\S+$/.test(value)),
    sessionToken: secretInput("be a token that is not empty", (value) => /^\S+$/.test(value)).optional(),
  } satisfies Fields<S3Args>,
  "be an object with endpoint, bucket, accessKey and secretKey",
);

const target = closed(
  {
    volume: dockerVolume.optional(),
    folder: text("be the path of a folder on the engine's host", /^(?:\/|[a-zA-Z]:[\\/]).+/).optional(),
    s3: s3.optional(),
  } satisfies Fields<BackupTargetArgs>,
  "be an object with volume, folder or s3",
  undefined,
  [
    {
      needs: [],
      find: ({ volume, folder, s3 }) => {
        const places = Object.entries({ volume, folder, s3 }).flatMap(([name, place]) =>
          place === undefined ? [] : [name],
        );
        if (places.length < 2) return [];
        const remedy = `Keep one of ${places.join(", ")}.`;
        return [{ path: [], value: { volume, folder, s3 }, rule: "have one place", remedy }];
      },
    },
  ],
).transform(({ volume, folder, s3 }) => {
  if (s3 !== undefined) return { kind: "s3" as const, ...s3 };
  if (folder !== undefined) return { kind: "folder" as const, folder };
  return { kind: "volume" as const, volume };
});

const keep = closed(
  { count: whole(1, most).optional(), days: whole(1, most).optional() } satisfies Fields<BackupKeepArgs>,
  "be an object with count, days or both",
).transform((given) =>
  given.count === undefined && given.days === undefined ? { count: 7, days: 30 } : given,
);

/** Whether others can read what goes to an address: plain HTTP beyond what is near. */
function goesOpenly(endpoint: string): boolean {
  if (!endpoint.startsWith("http://")) return false;
  const { hostname } = new URL(endpoint);
  return (
    hostname.includes(".") &&
    !/^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+$|\.(?:internal|local|localhost)$/.test(hostname)
  );
}

/** The backups of a datastore. */
export const backupSchema = closed(
  {
    schedule: text(
      "be a cron expression of five fields",
      (value) => typeof parseSchedule(value) !== "string",
      "Write it like 0 3 * * *, which is daily at three o'clock in UTC.",
    ).default("0 3 * * *"),
    to: target.prefault({}),
    encrypt: flag().optional(),
    encryptionKey: secretInput("be a key of at least 32 characters without spaces", (value) =>
      /^\S{32,}$/.test(value),
    ).optional(),
    keep: keep.prefault({}),
    verify: flag().default(true),
    beforeDeployment: flag().default(false),
    limits: resources.optional(),
  } satisfies Fields<BackupArgs>,
  "be an object that describes the backups",
  undefined,
  [
    {
      needs: ["encrypt"],
      find: ({ encrypt, encryptionKey }) =>
        encrypt === false && encryptionKey !== undefined
          ? [
              {
                path: ["encrypt"],
                value: false,
                rule: "be left out where encryptionKey is set",
                remedy: "Remove one of the two.",
              },
            ]
          : [],
    },
    {
      needs: ["to", "encrypt", "encryptionKey"],
      find: ({ to, encrypt, encryptionKey }) => {
        const endpoint = to.kind === "s3" ? to.endpoint : "";
        if (encrypt !== false || encryptionKey !== undefined || !goesOpenly(endpoint)) return [];
        const rule = "start with https:// where the backups are not encrypted";
        return [
          { path: ["to", "s3", "endpoint"], value: endpoint, rule, remedy: "Or remove encrypt: false." },
        ];
      },
    },
  ],
).transform(({ encrypt, ...rest }) => ({
  ...rest,
  /** Whether they are encrypted, by the key that is given or else by one that is generated. */
  encrypt: encrypt ?? (rest.encryptionKey !== undefined || rest.to.kind === "s3"),
}));

type GivenBackup = z.output<typeof backupSchema>;

/** The backups of a datastore, with everything filled in. */
export interface BackupModel extends GivenBackup {
  limits: ResourcesArgs;
}

/** The same, where its datastore has these limits: a server that tries out a dump holds as much as the datastore. */
export function resolveBackup(backup: GivenBackup, { memoryMiB }: ResourcesArgs = {}): BackupModel {
  const { limits = { cpus: 0.5, memoryMiB: memoryMiB === undefined ? undefined : memoryMiB + 64 } } = backup;
  return { ...backup, limits };
}
