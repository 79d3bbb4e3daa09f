import { parseSchedule } from "../../../backup/cron";
import type { BackupArgs, BackupKeepArgs, BackupTargetArgs, S3Args } from "../../backup-types";
import { asRecord, type Problem } from "../../arguments/problems";
import { secretInput } from "../../arguments/secrecy";
import { closed, type Fields, flag, most, resources, text, whole } from "../../arguments/schema-parts";

const s3 = closed(
  {
    endpoint: text(
      "be the address of storage that speaks S3",
      (value) => URL.canParse(value) && /^https?:\/\/[^/?#]+\/?$/.test(value),
      "Write it like https://s3.eu-central-1.amazonaws.com.",
    ),
    region: text("be the name of a region", /^[\w-]+$/).optional(),
    bucket: text("be the name of a bucket", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    prefix: text(
      "be a path of letters, digits, hyphens, dots, underscores and slashes",
      /^[\w.-]+(?:\/[\w.-]+)*\/?$/,
    ).optional(),
    accessKey: secretInput("be a key that is not empty", (value) => /^\S+$/.test(value)),
    secretKey: secretInput("be a key that is not empty", (value) => /^\S+$/.test(value)),
  } satisfies Fields<S3Args>,
  "be an object with endpoint, bucket, accessKey and secretKey",
);

const target = closed(
  {
    volume: text("be the name of a Docker volume", /^[a-zA-Z0-9][\w.-]*$/).optional(),
    folder: text("be the path of a folder on the engine's host", /^(?:\/|[a-zA-Z]:[\\/]).+/).optional(),
    s3: s3.optional(),
  } satisfies Fields<BackupTargetArgs>,
  "be an object with volume, folder or s3",
);

const keep = closed(
  { count: whole(1, most).optional(), days: whole(1, most).optional() } satisfies Fields<BackupKeepArgs>,
  "be an object with count, days or both",
);

/** The backups of a datastore. */
export const backup = closed(
  {
    schedule: text(
      "be a cron expression of five fields",
      (value) => typeof parseSchedule(value) !== "string",
      "Write it like 0 3 * * *, which is daily at three o'clock in UTC.",
    ).optional(),
    to: target.optional(),
    encrypt: flag().optional(),
    encryptionKey: secretInput("be a key of at least 32 characters without spaces", (value) =>
      /^\S{32,}$/.test(value),
    ).optional(),
    keep: keep.optional(),
    verify: flag().optional(),
    beforeDeployment: flag().optional(),
    limits: resources.optional(),
  } satisfies Fields<BackupArgs>,
  "be an object that describes the backups",
);

/** Finds settings of backups that exclude each other. */
export function backupProblems(args: unknown): Problem[] {
  const fields = asRecord(args) ?? {};
  const places = Object.keys(asRecord(fields.to) ?? {});
  return [
    ...(places.length < 2
      ? []
      : [
          {
            path: ["backup", "to"],
            value: fields.to,
            rule: "have one place",
            remedy: `Keep one of ${places.join(", ")}.`,
          },
        ]),
    ...(fields.encrypt === false && fields.encryptionKey !== undefined
      ? [
          {
            path: ["backup", "encrypt"],
            value: false,
            rule: "be left out where encryptionKey is set",
            remedy: "Remove one of the two.",
          },
        ]
      : []),
  ];
}
