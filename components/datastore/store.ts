import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
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
import type { StoreModel } from "./fields";
import type { StoreFoundation } from "./foundation";
import type { ForEachServer, ServerRecipe, StoreRecipe, StoreSecrets } from "./recipe";
import { listVolumes, resolveRecipe } from "./recipes";
import type { StoreModelOf } from "./schema";
import { createVolume } from "./volume";
import { createWatchers } from "./watchers";

/** The resources of a datastore that others use. */
export interface StoreResources {
  /** Address for applications; known as soon as it may be used. */
  url: pulumi.Output<string>;
  /** Further addresses, by name. */
  addresses: Record<string, pulumi.Output<string>>;
  network: docker.Network;
  /** Servers that keep data, in order. */
  servers: ForEachServer<StoreServer>;
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
export function createStore(context: Context, store: StoreModelOf): StoreResources {
  const recipe = resolveRecipe(context.name, store);
  const network = new docker.Network(
    `${context.name}-network`,
    { labels: labels(context, "network", { network: context.name }) },
    { parent: context.parent },
  );
  const imageOf = provideImages(context, store);
  const unused = requireUnused(context, {
    title: `Datastore "${context.name}"`,
    places: [
      ...listVolumes(context.name, store).map((volume) => ({ name: volume, isShared: false })),
      ...listBackupPlaces(context.name, store).map((place) => ({ name: place, isShared: true })),
    ],
    networks: [network],
    commands: recipe.servers.map((server) => imageOf(server).command),
  });
  const begun = backUpFirst(context, store, unused);
  const secrets = makeSecrets(context, store, begun);
  const foundation = { network, secrets, imageOf, unused };
  const servers = createServers(context, store, recipe, foundation, begun);
  const companions = createCompanions(context, store, recipe, foundation, servers);
  const [first] = servers;
  const toGate = ({ container }: { container: docker.Container }) => ({
    replica: container.name,
    title: context.name,
    startSeconds: store.startSeconds,
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
  const { backupKey, targets } = createWatchers(context, store, recipe, foundation, {
    ready,
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

function createServers(
  context: Context,
  store: StoreModel,
  { servers, quorum, keepsServerCount, guard }: StoreRecipe,
  foundation: StoreFoundation,
  begun: pulumi.Output<true>,
): ForEachServer<StoreServer> {
  const { network, secrets, imageOf, unused } = foundation;
  const count = servers.length;
  let after: pulumi.Resource[] = [];
  const createServer = (recipe: ServerRecipe, isFirst: boolean): StoreServer => {
    const { title, dataFolder, leave } = recipe;
    const volume =
      dataFolder === undefined
        ? undefined
        : createVolume(context, store, {
            ...{ title, isFirst, count, keepsServerCount, unused, begun },
            guard: isFirst ? guard : undefined,
          });
    const container = createStoreContainer(context, store, {
      ...{ recipe, role: "store", image: imageOf(recipe), volume, secrets, after },
      networks: [network],
    });
    if (recipe !== servers.at(-1) || leave !== undefined)
      after = [createGate(context, store, { container, recipe, quorum, secrets })];
    return { recipe, container, volume };
  };
  const [first, ...further] = servers;
  return [createServer(first, true), ...further.map((server) => createServer(server, false))];
}

/** The gate between the start of a server and the next one's. */
interface ServerGate {
  container: docker.Container;
  recipe: ServerRecipe;
  quorum: number | undefined;
  secrets: pulumi.Output<StoreSecrets>;
}

/** Lets the next server be started, or replaced, when this one is healthy; and this one leave before it is removed. */
function createGate(
  context: Context,
  { startSeconds }: StoreModel,
  { container, recipe, quorum = 1, secrets }: ServerGate,
): local.Command {
  const { title, prepare, leave } = recipe;
  const textOf = (script: ServerRecipe["prepare"]): pulumi.Output<string> =>
    script === undefined ? pulumi.output("") : secrets.apply(script);
  return createCommand(context, `${context.name}-${title}-ready`, {
    script: "store",
    create: "awaitServer",
    task: { replica: container.name, title: `${context.name}-${title}`, startSeconds, quorum },
    input: { prepare: textOf(prepare), leave: textOf(leave) },
    delete: leave === undefined ? undefined : "leaveStore",
    triggers: [container.id],
  });
}

function createCompanions(
  context: Context,
  store: StoreModel,
  { companions = [] }: StoreRecipe,
  { network, secrets, imageOf }: StoreFoundation,
  servers: StoreServer[],
): { container: docker.Container }[] {
  return companions.map((recipe) => ({
    container: createStoreContainer(context, store, {
      ...{ recipe, role: "store-companion", image: imageOf(recipe), secrets },
      networks: [network],
      after: servers.map(({ container }) => container),
    }),
  }));
}

/** Provides each image once, however many containers are of it. */
function provideImages(context: Context, store: StoreModel): StoreFoundation["imageOf"] {
  const images = new Map<string, Image>();
  return ({ image = store.image, title }) => {
    const found = images.get(image);
    if (found !== undefined) return found;
    const name = image === store.image ? `${context.name}-image` : `${context.name}-${title}-image`;
    // Another version of the same tag may not read the data of this one: it is asked for by its name.
    const users = [{ store: context.name, server: title }];
    const provided = provideImage(context, name, image, store.registry, false, users);
    images.set(image, provided);
    return provided;
  };
}

function makeSecrets(
  context: Context,
  { password, passwordVersion }: StoreModel,
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
