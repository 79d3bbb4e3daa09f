import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "../resources/context";
import type { Image } from "../resources/images";
import { none, type Rights, startsAsRoot } from "../resources/rights";
import { createServerContainer, type ServerHealth } from "../resources/server-container";
import type { StoreModel } from "./fields";
import type { ExporterRecipe, ServerRecipe } from "./recipe";

/** Role of a container of a datastore, by which commands find it. */
export type StoreRole = "store" | "store-companion" | "store-exporter" | "store-dump" | "store-backup";

/** Terms that all containers of a datastore share where nothing else is said. */
export type RunTerms = Pick<StoreModel, "limits" | "reservations" | "logs" | "startSeconds" | "stopSeconds">;

/** One container of a datastore. */
interface StoreContainer<Secrets> {
  recipe: ServerRecipe<Secrets> | ExporterRecipe<Secrets>;
  role: StoreRole;
  image: Image;
  /** Where its aliases are known. */
  networks: docker.Network[];
  /** Where its data are; none when it keeps none. */
  volume?: docker.Volume | undefined;
  secrets: pulumi.Output<Secrets>;
  /** Resources that must be there before it is started. */
  after: pulumi.Resource[];
  /** Its rights, where they are not those that its recipe says. */
  rights?: Rights;
  /** Its further arguments. */
  shape?: Partial<docker.ContainerArgs>;
}

/** Makes a container of a datastore. */
export function createStoreContainer<Secrets>(
  context: Context,
  terms: RunTerms,
  { recipe, role, image, networks, volume, secrets, after, rights, shape }: StoreContainer<Secrets>,
): docker.Container {
  const {
    title,
    aliases,
    files,
    entrypoint,
    command,
    stopSignal,
    dataFolder,
    limits,
    user,
    env = {},
  } = recipe;
  return createServerContainer(context, {
    ...{ title, image, aliases, after },
    networks: networks.map(({ name }) => name),
    labels: { role, store: context.name, server: title },
    files: files === undefined ? undefined : secrets.apply(files),
    // What is reserved for a server is not for what has limits of its own.
    resources: limits === undefined ? terms : { limits },
    rights: rights ?? (recipe.needsNoRoot ? none : startsAsRoot),
    logs: terms.logs,
    health: resolveHealth(recipe, terms),
    stopSeconds: terms.stopSeconds,
    shape: {
      ...(entrypoint === undefined ? {} : { entrypoints: entrypoint }),
      ...(command === undefined ? {} : { command }),
      ...(stopSignal === undefined ? {} : { stopSignal }),
      ...(user === undefined ? {} : { user }),
      envs: Object.entries(env).map(([key, value]) => `${key}=${value}`),
      ...(volume === undefined || dataFolder === undefined
        ? {}
        : { volumes: [{ containerPath: dataFolder, volumeName: volume.name }] }),
      ...shape,
    },
  });
}

function resolveHealth(
  { health, healthTimes = {} }: Pick<ExporterRecipe, "health" | "healthTimes">,
  { startSeconds }: RunTerms,
): ServerHealth | undefined {
  const { intervalSeconds = 5, timeoutSeconds = 5, retries = 6 } = healthTimes;
  return health === undefined
    ? undefined
    : { command: health, intervalSeconds, timeoutSeconds, retries, startSeconds };
}
