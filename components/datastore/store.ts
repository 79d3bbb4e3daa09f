import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { DatastoreArgs } from "../datastore-types";
import { fromJson } from "../../deploy/json";
import { createCommand, createSecret } from "../resources/commands";
import type { ScrapeTarget } from "../scrape-types";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { type Image, provideImage } from "../resources/images";
import { requireUnused } from "../resources/volume-users";
import { listBackupPlaces } from "./backups/backup";
import { backUpFirst } from "./backups/before-deployment";
import { createStoreContainer } from "./container";
import type { ServerRecipe, StoreRecipe, StoreSecrets, TimedArgs } from "./recipe";
import { describeStore, listVolumes } from "./recipes";
import { createVolume } from "./volume";
import { createWatchers } from "./watchers";

/** What a datastore consists of. */
export interface Store {
  /** Address for applications; known as soon as it may be used. */
  url: pulumi.Output<string>;
  /** Further addresses, by name. */
  addresses: Record<string, pulumi.Output<string>>;
  network: docker.Network;
  /** Servers that keep data, in order. */
  servers: StoreServer[];
  /** The key that was generated for its backups. */
  backupKey: pulumi.Output<string> | undefined;
  /** Where its figures are. */
  targets: pulumi.Output<ScrapeTarget[]>;
}

/** A server of a datastore. */
interface StoreServer {
  recipe: ServerRecipe;
  container: docker.Container;
  /** Where its data are; none when it keeps none. */
  volume: docker.Volume | undefined;
}

/** Makes a datastore: its network, its volumes, its passwords, its containers, and its users. */
export function createStore(context: Context, given: DatastoreArgs): Store {
  const recipe = describeStore(context.name, given);
  const args = { ...given, startSeconds: given.startSeconds ?? recipe.startSeconds ?? 120 };
  const network = new docker.Network(
    `${context.name}-network`,
    { labels: labels(context, "network", { "flotilla.network": context.name }) },
    { parent: context.parent },
  );
  const imageOf = provideImages(context, args, recipe);
  const unused = requireUnused(context, {
    title: `Datastore "${context.name}"`,
    places: [
      ...listVolumes(context.name, args).map((volume) => ({ name: volume, isShared: false })),
      ...listBackupPlaces(context.name, args).map((place) => ({ name: place, isShared: true })),
    ],
    networks: [network],
    commands: recipe.servers.map((server) => imageOf(server).command),
  });
  const begun = backUpFirst(context, args, unused);
  const secrets = makeSecrets(context, args, begun);
  const parts = { network, secrets, imageOf, unused, begun };
  const servers = createServers(context, args, recipe, parts);
  const companions = createCompanions(context, args, recipe, parts, servers);
  const [first] = servers;
  if (first === undefined) throw new Error(`The recipe of ${args.engine} has no server.`);
  const toGate = ({ container }: { container: docker.Container }) => ({
    replica: container.name,
    title: context.name,
    startSeconds: args.startSeconds,
  });
  const ready = createCommand(context, `${context.name}-ready`, {
    script: "store",
    create: "openStore",
    input: {
      servers: servers.map(toGate),
      companions: companions.map(toGate),
      container: first.container.name,
      title: context.name,
      configure: secrets.apply(recipe.configure),
    },
    triggers: [...servers, ...companions].map(({ container }) => container.id),
  });
  const { backupKey, targets } = createWatchers(context, args, recipe, {
    ...{ network, secrets, imageOf, unused, ready, first: first.recipe },
    volumes: servers.flatMap(({ volume }) => volume ?? []),
  });
  // By the command's URN, which a preview knows: an address that is unknown would look like a change of every user.
  const whenReady = (address: (known: StoreSecrets) => string): pulumi.Output<string> =>
    pulumi.secret(pulumi.all([secrets, ready.urn]).apply(([known]) => address(known)));
  return {
    url: whenReady(recipe.url),
    addresses: Object.fromEntries(
      Object.entries(recipe.addresses ?? {}).map(([name, address]) => [name, whenReady(address)]),
    ),
    network,
    servers,
    backupKey,
    targets,
  };
}

interface StoreParts {
  network: docker.Network;
  secrets: pulumi.Output<StoreSecrets>;
  imageOf: (recipe: Pick<ServerRecipe, "image" | "title">) => Image;
  unused: pulumi.Output<true>;
  begun: pulumi.Output<true>;
}

function createServers(
  context: Context,
  args: TimedArgs,
  { servers, quorum, keepsServerCount, guard }: StoreRecipe,
  parts: StoreParts,
): StoreServer[] {
  const count = servers.length;
  let after: pulumi.Resource[] = [];
  return servers.map((recipe, index) => {
    const volume =
      recipe.dataFolder === undefined
        ? undefined
        : createVolume(context, args, {
            title: recipe.title,
            ...(index === 0 ? { isFirst: true, guard } : { isFirst: false }),
            ...{ count, keepsServerCount, unused: parts.unused, begun: parts.begun },
          });
    const image = parts.imageOf(recipe);
    const container = createStoreContainer(context, args, {
      ...{ recipe, role: "store", image, volume, after },
      secrets: parts.secrets,
      networks: [parts.network],
    });
    if (index < count - 1 || recipe.leave !== undefined)
      after = [createGate(context, args, { container, recipe, quorum, secrets: parts.secrets })];
    return { recipe, container, volume };
  });
}

interface GateParts {
  container: docker.Container;
  recipe: ServerRecipe;
  quorum: number | undefined;
  secrets: pulumi.Output<StoreSecrets>;
}

/** Lets the next server be started, or replaced, when this one is healthy; and this one leave before it is removed. */
function createGate(
  context: Context,
  args: TimedArgs,
  { container, recipe, quorum = 1, secrets }: GateParts,
): local.Command {
  const { title, prepare, leave } = recipe;
  const textOf = (script: ServerRecipe["prepare"]): pulumi.Output<string> =>
    script === undefined ? pulumi.output("") : secrets.apply(script);
  return createCommand(context, `${context.name}-${title}-ready`, {
    script: "store",
    create: "awaitServer",
    task: {
      replica: container.name,
      title: `${context.name}-${title}`,
      startSeconds: args.startSeconds,
      quorum,
    },
    input: { prepare: textOf(prepare), leave: textOf(leave) },
    delete: leave === undefined ? undefined : "leaveStore",
    triggers: [container.id],
  });
}

function createCompanions(
  context: Context,
  args: TimedArgs,
  { companions = [] }: StoreRecipe,
  parts: StoreParts,
  servers: StoreServer[],
): { container: docker.Container }[] {
  return companions.map((recipe) => ({
    container: createStoreContainer(context, args, {
      ...{ recipe, role: "store-companion", image: parts.imageOf(recipe), volume: undefined },
      secrets: parts.secrets,
      networks: [parts.network],
      after: servers.map(({ container }) => container),
    }),
  }));
}

/** Provides each image once, however many containers are of it. */
function provideImages(context: Context, args: DatastoreArgs, recipe: StoreRecipe): StoreParts["imageOf"] {
  const own = args.image ?? recipe.image;
  const images = new Map<string, Image>();
  return ({ image = own, title }) => {
    const found = images.get(image);
    if (found !== undefined) return found;
    const name = image === own ? `${context.name}-image` : `${context.name}-${title}-image`;
    // Another version of the same tag may not read the data of this one: it is asked for by its name.
    const provided = provideImage(context, name, image, args.registry, false);
    images.set(image, provided);
    return provided;
  };
}

function makeSecrets(
  context: Context,
  { password, passwordVersion = 1 }: DatastoreArgs,
  begun: pulumi.Output<true>,
): pulumi.Output<StoreSecrets> {
  const passwords = createSecret(`${context.name}-passwords`, {
    script: "store",
    create: "makePasswords",
    environment: {
      FLOTILLA_VERSION: begun.apply(() => String(passwordVersion)),
      ...(password === undefined ? {} : { FLOTILLA_PASSWORD: pulumi.secret(password) }),
    },
    parent: context.parent,
  });
  return passwords.apply(fromJson);
}
