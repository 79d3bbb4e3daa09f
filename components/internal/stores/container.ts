import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Context, labels } from "../context";
import { formatDuration } from "../health";
import type { Image } from "../images";
import { logArgs, resourceArgs } from "../resources";
import type { ExporterRecipe, ServerRecipe, TimedArgs } from "./recipe";

/** Role of a container of a datastore, by which commands find it. */
export type StoreRole = "store" | "store-companion" | "store-exporter" | "store-dump" | "store-backup";

/** What a container of a datastore is made of. */
interface ContainerParts<Secrets> {
  recipe: ServerRecipe<Secrets> | ExporterRecipe<Secrets>;
  role: StoreRole;
  image: Image;
  /** Where its aliases are known. */
  networks: docker.Network[];
  /** Where its data are; none when it keeps none. */
  volume?: docker.Volume | undefined;
  secrets: pulumi.Output<Secrets>;
  /** What must be there before it is started. */
  after: pulumi.Resource[];
  /** What else it is. */
  shape?: Partial<docker.ContainerArgs>;
}

/** Makes a container of a datastore; one that is replaced ends before the next one starts. */
export function createStoreContainer<Secrets>(
  context: Context,
  args: TimedArgs,
  { recipe, role, image, networks, volume, secrets, after, shape }: ContainerParts<Secrets>,
): docker.Container {
  const { intervalSeconds = 5, timeoutSeconds = 5, retries = 6 } = recipe.healthTimes ?? {};
  const { files } = recipe;
  return new docker.Container(
    `${context.name}-${recipe.title}`,
    {
      image: image.id,
      ...(recipe.entrypoint === undefined ? {} : { entrypoints: recipe.entrypoint }),
      ...(recipe.command === undefined ? {} : { command: recipe.command }),
      ...(recipe.stopSignal === undefined ? {} : { stopSignal: recipe.stopSignal }),
      envs: Object.entries(recipe.env ?? {}).map(([key, value]) => `${key}=${value}`),
      ...(files === undefined ? {} : { uploads: secrets.apply((known) => toUploads(files(known))) }),
      ...(volume === undefined || recipe.dataFolder === undefined
        ? {}
        : { volumes: [{ containerPath: recipe.dataFolder, volumeName: volume.name }] }),
      networkMode: "bridge",
      networksAdvanced: networks.map(({ name }) => ({ name, aliases: recipe.aliases })),
      // What is reserved for a server is not for what has limits of its own.
      ...resourceArgs(
        context,
        `${context.name}-${recipe.title}`,
        recipe.limits === undefined ? args : { limits: recipe.limits },
      ),
      ...logArgs(args.logs),
      labels: labels(context, {
        "flotilla.role": role,
        "flotilla.store": context.name,
        "flotilla.server": recipe.title,
      }),
      ...(recipe.health === undefined
        ? {}
        : {
            healthcheck: {
              tests: ["CMD-SHELL", recipe.health],
              interval: formatDuration(intervalSeconds),
              timeout: formatDuration(timeoutSeconds),
              retries,
              startPeriod: formatDuration(args.startSeconds),
              startInterval: "0s",
            },
          }),
      restart: "unless-stopped",
      mustRun: true,
      destroyGraceSeconds: args.stopSeconds ?? 60,
      ...shape,
    },
    {
      parent: context.parent,
      // Two servers must never write the same data.
      deleteBeforeReplace: true,
      dependsOn: [image.command, ...after],
      replaceOnChanges: ["healthcheck"],
      ignoreChanges: ["networkDatas"],
    },
  );
}

function toUploads(files: Record<string, string>): { file: string; content: string }[] {
  return Object.entries(files).map(([file, content]) => ({ file, content }));
}
