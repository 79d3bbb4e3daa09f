import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { createCommand, createSecret } from "../../resources/commands";
import type { Context } from "../../resources/context";
import { labels } from "../../resources/presence";
import { type Image, provideImage } from "../../resources/images";
import { createKeptVolume } from "../../resources/kept-volume";
import { ownName } from "../../resources/own-names";
import { files } from "../../../backup/settings";
import { createStoreContainer } from "../container";
import type { StoreModel } from "../fields";
import type { StoreFoundation } from "../foundation";
import { type BackupRecipe, nodeImage } from "../recipe";
import { type KeeperSecrets, resolveDumper, resolveKeeper } from "./recipe";
import type { BackupModel } from "./schema";

/** Needs of backups besides the foundation. */
interface BackupNeeds {
  recipe: BackupRecipe;
  /** Where it is asked how they went. */
  metricsNetwork: docker.Network;
  /** The datastore's own image, which has the tools for it. */
  image: Image;
  /** The command after which the datastore can be used. */
  ready: pulumi.Resource;
  /** Where the servers have their data. */
  volumes: docker.Volume[];
}

/**
 * Makes the backups of a datastore: a container that dumps it and tries dumps out, and one that stores them. Gives the key
 * that was generated for them.
 */
export function createBackups(
  context: Context,
  store: StoreModel,
  backup: BackupModel,
  { network, secrets, unused }: StoreFoundation,
  { recipe, metricsNetwork, image, ready, volumes }: BackupNeeds,
): pulumi.Output<string> {
  // Also where they are not encrypted, or by another one: their records are signed, and a setting may change.
  const generated = createSecret(`${context.name}-backup-key`, {
    ...{ script: "secret", create: "generateSecret", parent: context.parent },
  });
  const staging = new docker.Volume(
    `${context.name}-staging`,
    { labels: labels(context, "volume", { role: "staging", store: context.name }) },
    { parent: context.parent },
  );
  const shared = { containerPath: files.staging, volumeName: staging.name };
  // The datastore's own limits are for its servers.
  const terms = { logs: store.logs, stopSeconds: 10, startSeconds: 120 };

  const dumper = createStoreContainer(context, terms, {
    ...{ role: "store-dump", recipe: resolveDumper(context.name, backup, recipe), image, secrets },
    networks: [network],
    after: [ready],
    shape: {
      init: true,
      volumes: [shared, ...dataOf(recipe, volumes)],
      user: recipe.user,
    },
  });
  const keeper = createStoreContainer(context, terms, {
    ...{ role: "store-backup", recipe: resolveKeeper(context.name, store, backup) },
    networks: [network, metricsNetwork],
    image: provideImage(context, `${context.name}-backup-image`, nodeImage, store.registry, false, [
      { store: context.name, role: "store-backup" },
    ]),
    secrets: findSecrets(backup, generated),
    after: [dumper],
    // Who dumps owns what both share.
    rights: { capabilities: ["DAC_OVERRIDE"] },
    shape: {
      init: true,
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

function findSecrets(
  { encryptionKey, to }: BackupModel,
  generated: pulumi.Output<string>,
): pulumi.Output<KeeperSecrets> {
  const keys =
    encryptionKey === undefined ? { key: generated } : { key: encryptionKey, formerKey: generated };
  const storage =
    to.kind === "s3"
      ? { accessKey: to.accessKey, secretKey: to.secretKey, sessionToken: to.sessionToken }
      : {};
  return pulumi.secret(pulumi.output({ ...keys, ...storage }));
}

/** The volume or the folder of the engine's host that a datastore's backups are in. */
export function listBackupPlaces(store: string, { backup }: StoreModel): string[] {
  if (backup === undefined || backup.to.kind === "s3") return [];
  return [backup.to.kind === "folder" ? backup.to.folder : nameVolume(store, backup.to)];
}

function nameVolume(store: string, { volume }: { volume?: string }): string {
  return volume ?? ownName(store, "backups").toLowerCase();
}

/** Where backups are, on the engine; a volume of theirs stays when the stack is removed, even with its data. */
function placeOf(
  context: Context,
  { to }: BackupModel,
  unused: pulumi.Output<true>,
): { containerPath: string; volumeName?: pulumi.Output<string>; hostPath?: string }[] {
  if (to.kind === "s3") return [];
  const containerPath = files.backups;
  if (to.kind === "folder") return [{ containerPath, hostPath: to.folder }];
  const volume = createKeptVolume(context, "backups", {
    name: unused.apply(() => nameVolume(context.name, to)),
    labels: { role: "backups", store: context.name },
  });
  return [{ containerPath, volumeName: volume.name }];
}
