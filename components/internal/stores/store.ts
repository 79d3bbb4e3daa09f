import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type DatastoreArgs, DatastoreEngine } from "../../datastore-types";
import { createCommand, createSecret } from "../commands";
import { type Context, labels } from "../context";
import { formatDuration } from "../health";
import { type Image, provideImage } from "../images";
import { logArgs, resourceArgs } from "../resources";
import { storeScript } from "../scripts";
import { describePostgres } from "./postgres";
import type { DescribeStore, StoreRecipe, StoreSecrets } from "./recipe";
import { describeRedis } from "./redis";
import { createVolume } from "./volume";

/** What a datastore consists of. */
export interface Store {
  /** Address for applications; known as soon as it may be used. */
  url: pulumi.Output<string>;
  network: docker.Network;
  container: docker.Container;
  volume: docker.Volume;
}

const recipes: Record<DatastoreEngine, DescribeStore> = {
  [DatastoreEngine.Redis]: describeRedis,
  [DatastoreEngine.Postgres]: describePostgres,
};

/** Makes a datastore: its network, its volume, its passwords, its container, and its users. */
export function createStore(context: Context, args: DatastoreArgs): Store {
  const recipe = recipes[args.engine](args);
  const network = new docker.Network(
    `${context.name}-network`,
    { labels: labels(context, { "flotilla.network": context.name }) },
    { parent: context.parent },
  );
  const volume = createVolume(context, args);
  const secrets = makeSecrets(context, args);
  // Another version of the same tag may not read the data of this one: it is asked for by its name.
  const image = provideImage(context, `${context.name}-image`, args.image ?? recipe.image, undefined, false);
  const container = createContainer(context, args, { recipe, network, volume, secrets, image });
  const ready = createCommand(context, `${context.name}-ready`, {
    script: storeScript,
    create: "openStore",
    input: {
      replica: container.name,
      title: context.name,
      startSeconds: args.startSeconds ?? 120,
      configure: secrets.apply(recipe.configure),
    },
    triggers: [container.id],
  });
  // By the command's URN, which a preview knows: an address that is unknown would look like a change of every user.
  const url = pulumi.all([secrets, ready.urn]).apply(([passwords]) => recipe.url(context.name, passwords));
  return { url: pulumi.secret(url), network, container, volume };
}

function makeSecrets(
  context: Context,
  { password, passwordVersion = 1 }: DatastoreArgs,
): pulumi.Output<StoreSecrets> {
  const passwords = createSecret(`${context.name}-passwords`, {
    script: storeScript,
    create: "makePasswords",
    environment: {
      FLOTILLA_VERSION: String(passwordVersion),
      ...(password === undefined ? {} : { FLOTILLA_PASSWORD: pulumi.secret(password) }),
    },
    parent: context.parent,
  });
  return passwords.apply((text) => JSON.parse(text) as StoreSecrets);
}

interface ContainerParts {
  recipe: StoreRecipe;
  network: docker.Network;
  volume: docker.Volume;
  secrets: pulumi.Output<StoreSecrets>;
  image: Image;
}

function createContainer(context: Context, args: DatastoreArgs, parts: ContainerParts): docker.Container {
  const { recipe, network, volume, secrets, image } = parts;
  return new docker.Container(
    `${context.name}-server`,
    {
      image: image.id,
      command: recipe.command,
      envs: Object.entries(recipe.env).map(([key, value]) => `${key}=${value}`),
      uploads: secrets.apply((passwords) =>
        Object.entries(recipe.files(passwords)).map(([file, content]) => ({ file, content })),
      ),
      volumes: [{ containerPath: recipe.dataFolder, volumeName: volume.name }],
      networkMode: "bridge",
      networksAdvanced: [{ name: network.name, aliases: [context.name] }],
      ...resourceArgs(context, context.name, args),
      ...logArgs(args.logs),
      labels: labels(context, { "flotilla.role": "store", "flotilla.store": context.name }),
      healthcheck: {
        tests: ["CMD-SHELL", recipe.health],
        interval: formatDuration(5),
        timeout: formatDuration(5),
        retries: 6,
        startPeriod: formatDuration(args.startSeconds ?? 120),
        startInterval: "0s",
      },
      restart: "unless-stopped",
      mustRun: true,
      destroyGraceSeconds: args.stopSeconds ?? 60,
    },
    {
      parent: context.parent,
      // Two servers must never write the same data.
      deleteBeforeReplace: true,
      dependsOn: [image.command],
      replaceOnChanges: ["healthcheck"],
      ignoreChanges: ["networkDatas"],
    },
  );
}
