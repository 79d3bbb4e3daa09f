import type * as pulumi from "@pulumi/pulumi";
import type { ResourcesArgs } from "./container-types";

/** Storage that speaks S3, from any maker; it is addressed by paths. */
export interface S3Args {
  /** Address, such as `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string;
  /** Region, as requests are signed for it. Defaults to `us-east-1`. */
  region?: string;
  /** Bucket, which must be there. */
  bucket: string;
  /** Folder in the bucket. Defaults to none. */
  prefix?: string;
  /** Name of the key that requests are signed with. */
  accessKey: pulumi.Input<string>;
  /** The key. */
  secretKey: pulumi.Input<string>;
  /** Token that comes with keys that are given for a time. Defaults to none. */
  sessionToken?: pulumi.Input<string>;
}

/** Where backups are kept: one of these. */
export interface BackupTargetArgs {
  /** Name of a Docker volume. Defaults to `<project>-<stack>-<name>-backups`. */
  volume?: string;
  /** Folder on the engine's host. */
  folder?: string;
  /** Storage that speaks S3. */
  s3?: S3Args;
}

/** Which backups are kept: the newest ones by number, and those that are young enough. */
export interface BackupKeepArgs {
  /** So many of the newest, however old. Defaults to 7, or to 1 where days are given. */
  count?: number;
  /** All that are not older than so many days. Defaults to 30, or to none where a count is given. */
  days?: number;
}

/** Backups of a datastore. */
export interface BackupArgs {
  /** When they are made, as a cron expression of five fields in UTC. Defaults to `0 3 * * *`. */
  schedule?: string;
  /** Where they are kept. Defaults to a volume of their own. */
  to?: BackupTargetArgs;
  /** Whether they are encrypted, with a key that is generated once where no other is given. Defaults to true in storage that speaks S3. */
  encrypt?: boolean;
  /** A key of your own that they are encrypted with. */
  encryptionKey?: pulumi.Input<string>;
  /** Which are kept. */
  keep?: BackupKeepArgs;
  /** Whether a server is started from each one, to see that all is in it. Defaults to true. */
  verify?: boolean;
  /** Whether one is made before a deployment changes the datastore or its users. Defaults to false. */
  beforeDeployment?: boolean;
  /** The most that dumping and trying out may use. Defaults to half a processor, and 64 MiB more than the datastore may use. */
  limits?: ResourcesArgs;
}
