import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { createCommand, createSecret } from "../../resources/commands";
import type { Context } from "../../resources/context";
import { labels } from "../../resources/presence";
import { type Image, provideImage } from "../../resources/images";
import { createKeptVolume } from "../../resources/kept-volume";
import { ownName } from "../../resources/own-names";
import type { BackupArgs } from "../../backup-types";
import type { DatastoreArgs } from "../../datastore-types";
import { describeDumper, describeKeeper, type KeeperSecrets, keeperImage } from "./recipe";
import { createStoreContainer } from "../container";
import { files } from "../../../backup/settings";
import type { BackupRecipe, StoreSecrets } from "../recipe";

/** What the containers of a datastore's backups need of it. */
interface BackupParts {
  recipe: BackupRecipe;
  network: docker.Network;
  /** Where it is asked how they went. */
  metricsNetwork: docker.Network;
  secrets: pulumi.Output<StoreSecrets>;
  /** The datastore's own image, which has the tools for it. */
  image: Image;
  /** Known when nobody else uses what it uses. */
  unused: pulumi.Output<true>;
  /** What must be there before. */
  after: pulumi.Resource[];
  /** Where the servers have their data. */
  volumes: docker.Volume[];
}

/** Both act as root on what they share, and have nothing else of root. */
const common: Partial<docker.ContainerArgs> = { init: true, securityOpts: ["no-new-privileges"] };
/** What starting a server as its own user takes. */
const forServers = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", "CAP_SETUID"];

/**
 * Makes the backups of a datastore: a container that dumps it and tries dumps out, and one that stores them. Gives the key
 * that was generated for them.
 */
export function createBackups(
  context: Context,
  args: DatastoreArgs,
  backup: BackupArgs,
  { recipe, network, metricsNetwork, secrets, image, unused, after, volumes }: BackupParts,
): pulumi.Output<string> | undefined {
  const generated = generateKey(context, backup);
  const staging = new docker.Volume(
    `${context.name}-staging`,
    { labels: labels(context, "volume", { "flotilla.role": "staging", "flotilla.store": context.name }) },
    { parent: context.parent },
  );
  const shared = { containerPath: files.staging, volumeName: staging.name };
  // The datastore's own limits are for its servers.
  const settings = { ...args, stopSeconds: 10, startSeconds: 120 };
  delete settings.reservations;

  const dumper = createStoreContainer(context, settings, {
    ...{
      role: "store-dump",
      recipe: describeDumper(context.name, args, backup, recipe),
      image,
      networks: [network],
      secrets,
      after,
    },
    shape: {
      ...common,
      capabilities: { adds: forServers, drops: ["ALL"] },
      volumes: [shared, ...dataOf(recipe, volumes)],
      ...(recipe.user === undefined ? {} : { user: recipe.user }),
    },
  });
  const keeper = createStoreContainer(context, settings, {
    ...{ role: "store-backup", recipe: describeKeeper(context.name, args, backup) },
    networks: [network, metricsNetwork],
    image: provideImage(context, `${context.name}-backup-image`, keeperImage, args.registry, false),
    secrets: findSecrets(backup, generated),
    after: [dumper],
    shape: {
      ...common,
      capabilities: { adds: ["CAP_DAC_OVERRIDE"], drops: ["ALL"] },
      volumes: [shared, ...placeOf(context, backup, unused)],
    },
  });
  createCommand(context, `${context.name}-backup-ready`, {
    script: "store",
    create: "awaitServer",
    task: { replica: keeper.name, title: `${context.name}-backup`, startSeconds: 120, quorum: 0 },
    input: { prepare: "", leave: "" },
    triggers: [keeper.id],
  });
  return generated;
}

function dataOf(
  { dataFolders }: BackupRecipe,
  volumes: docker.Volume[],
): docker.types.input.ContainerVolume[] {
  if (dataFolders === undefined) return [];
  return volumes.map(({ name }, index) => ({
    containerPath: `${dataFolders}/${index + 1}`,
    volumeName: name,
  }));
}

function generateKey(
  { name, parent }: Context,
  { encrypt = false, encryptionKey }: BackupArgs,
): pulumi.Output<string> | undefined {
  if (!encrypt || encryptionKey !== undefined) return undefined;
  return createSecret(`${name}-backup-key`, { script: "secret", create: "generateSecret", parent });
}

function findSecrets(
  { encryptionKey, to }: BackupArgs,
  generated: pulumi.Output<string> | undefined,
): pulumi.Output<KeeperSecrets> {
  const key = encryptionKey ?? generated;
  return pulumi.secret(
    pulumi.output({
      ...(key === undefined ? {} : { key }),
      ...(to?.s3 === undefined ? {} : { accessKey: to.s3.accessKey, secretKey: to.s3.secretKey }),
    }),
  );
}

/** The volume or the folder of the engine's host that a datastore's backups are in. */
export function listBackupPlaces(store: string, { backup }: DatastoreArgs): string[] {
  if (backup === undefined || backup.to?.s3 !== undefined) return [];
  return [backup.to?.folder ?? nameVolume(store, backup)];
}

function nameVolume(store: string, { to = {} }: BackupArgs): string {
  return to.volume ?? ownName(store, "backups").toLowerCase();
}

/** Where backups are, on the engine; a volume of theirs stays when the stack is removed, even with its data. */
function placeOf(
  context: Context,
  backup: BackupArgs,
  unused: pulumi.Output<true>,
): { containerPath: string; volumeName?: pulumi.Output<string>; hostPath?: string }[] {
  const { to = {} } = backup;
  if (to.s3 !== undefined) return [];
  const containerPath = files.backups;
  if (to.folder !== undefined) return [{ containerPath, hostPath: to.folder }];
  const volume = createKeptVolume(context, "backups", {
    name: unused.apply(() => nameVolume(context.name, backup)),
    labels: { "flotilla.role": "backups", "flotilla.store": context.name },
  });
  return [{ containerPath, volumeName: volume.name }];
}
