import type { Keep } from "./retention";

/** Storage that speaks S3, addressed by paths. */
export interface S3Settings {
  endpoint: string;
  region: string;
  bucket: string;
  /** Start of all names. */
  prefix: string;
}

/** Where backups are kept. */
export type PlaceSettings = { folder: string } | { s3: S3Settings };

/** Settings of the container that keeps a datastore's backups. */
export interface BackupSettings {
  store: string;
  engine: string;
  /** Cron expression, in UTC. */
  schedule: string;
  place: PlaceSettings;
  keep: Keep;
  /** Whether each backup is tried out on a server of its own. */
  verify: boolean;
  /** Whether backups are encrypted; there is a key in any case, which their records are signed with. */
  encrypt: boolean;
}

/** Files of the container. */
export const files = {
  program: "/opt/flotilla/backup.js",
  settings: "/etc/flotilla/backup.json",
  key: "/etc/flotilla/encryption-key",
  /** Another key that backups of before may have. */
  formerKey: "/etc/flotilla/former-key",
  accessKey: "/etc/flotilla/access-key",
  secretKey: "/etc/flotilla/secret-key",
  sessionToken: "/etc/flotilla/session-token",
  /** Folder that is shared with the container that dumps. */
  staging: "/staging",
  /** Where a folder or a volume of backups is. */
  backups: "/backups",
  /** Where commands are taken; containers of the network do not reach it. */
  socket: "/run/flotilla-backup.sock",
};

/** Port of the metrics and of the health. */
export const backupPort = 8104;
