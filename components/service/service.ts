import type { local } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type CreatedBalancer, checkSettings, createBalancer } from "./balancer/balancer";
import { balancerLabels } from "./balancer/labels";
import { chooseGround } from "./ground/choose";
import type { Ground } from "./ground/ground";
import { createCommand } from "../resources/commands";
import { type ConfiguredPlan, createConfiguration } from "./balancer/configuration";
import type { Context } from "../resources/context";
import { nameStack } from "../resources/own-names";
import { buildImage, type Image, nameImage, provideImage } from "../resources/images";
import { type BalancerPlan, planBalancers, type PlannedPool, type PlannedWorkers, planWorkers } from "./plan";
import { type CreatedPool, createPool } from "./pool";
import { findReached, sortPools } from "./pool/order";
import { createAcme } from "./options/acme/acme";
import type { Service } from "./schema";
import { replicaLabels } from "./replica";
import { createSharedVolumes, type SharedVolumes } from "./options/mounts/shared-volumes";
import { findTrouble } from "./trouble";
import { type CreatedWorkers, createWorkers } from "./workers";

/** The resources of a service. */
export interface CreatedService {
  pools: CreatedPool[];
  workers: CreatedWorkers[];
  networks: Record<string, docker.Network>;
  balancers: CreatedBalancer[];
  shared: SharedVolumes;
  /** The image of each pool. */
  images: Record<string, Image>;
}

/** Makes networks, then the pools in the order in which they start, each internal one with its balancer, then the one in front. */
export function createService(context: Context, service: Service): CreatedService {
  const ground = chooseGround(service.engine);
  const plans = planBalancers(service).map((plan): ConfiguredPlan => {
    return { ...plan, configuration: createConfiguration(context, plan, ground.hasNodes) };
  });
  const workers = planWorkers(service);
  const networks = createNetworks(context, ground, [
    ...workers.map(({ name }) => name),
    ...plans.map(({ network }) => network),
  ]);
  const images = createImages(context, plans, workers, service);
  const shared = createSharedVolumes(context, service.pools, images, Object.values(networks));
  const balancing = prepareBalancing(context, ground, plans, networks, service);
  // Whatever joins the networks depends on these, so that nothing is touched when the settings are wrong or others use the
  // volumes, and in the end only what no state knows is left over.
  const first: pulumi.Resource[] = [
    createLeftovers(balancing.context, networks),
    ...balancing.checks,
    ...Object.values(shared).map(({ volume }) => volume),
  ];

  const created: CreatedService = { pools: [], workers: [], networks, balancers: [], shared, images };
  const ready = new Map<string, pulumi.Resource[]>();
  const balance = (plan: ConfiguredPlan): local.Command => {
    const balancer = balancing.create(plan, created.pools, first);
    created.balancers.push(balancer);
    return balancer.push;
  };
  for (const { plan, pool } of sortByStart(service, plans, workers)) {
    const reached = findReached(service.pools, pool.name);
    const before = [...pool.startAfter, ...reached];
    const parts = {
      make: ground.createReplica,
      image: takeNamed(images, pool.name),
      shared,
      network: takeNamed(networks, plan?.network ?? pool.name),
      further: reached.map((name) => takeNamed(networks, name)),
      after: [...first, ...before.flatMap((name) => ready.get(name) ?? [])],
    };
    if (plan === undefined) {
      const made = createWorkers(balancing.context, pool, parts);
      created.workers.push(made);
      ready.set(pool.name, made.gates);
      continue;
    }
    const replicas = createPool(balancing.context, pool, parts, plan.title);
    created.pools.push(replicas);
    // Whoever reaches an internal pool needs its balancer too.
    ready.set(pool.name, plan.alias === undefined ? replicas.members : [balance(plan)]);
  }
  plans.filter(({ alias }) => alias === undefined).forEach(balance);
  for (const balancer of created.balancers) createAcme(context, service, balancer);
  return created;
}

/** A pool that starts at its turn, and the balancer in front of it, which workers have none of. */
type Turn = { plan: ConfiguredPlan; pool: PlannedPool } | { plan?: undefined; pool: PlannedWorkers };

function sortByStart({ pools }: Service, plans: ConfiguredPlan[], workers: PlannedWorkers[]): Turn[] {
  const turns: Turn[] = [
    ...plans.flatMap((plan) => plan.pools.map((pool) => ({ plan, pool }))),
    ...workers.map((pool) => ({ pool })),
  ];
  const order = sortPools(pools);
  return turns.sort((a, b) => order.indexOf(a.pool.name) - order.indexOf(b.pool.name));
}

/** The surroundings of the balancers, where there are any. */
interface Balancing {
  /** The commands that check their settings. */
  checks: local.Command[];
  /** For what changes balancers. */
  context: Context;
  create: (plan: ConfiguredPlan, pools: CreatedPool[], after: pulumi.Resource[]) => CreatedBalancer;
}

function prepareBalancing(
  context: Context,
  ground: Ground,
  plans: ConfiguredPlan[],
  networks: Record<string, docker.Network>,
  service: Service,
): Balancing {
  const need = (): never => {
    throw new Error("There is no balancer.");
  };
  if (plans.length === 0)
    return { checks: [], context: ground.reachBalancers(context, undefined), create: need };
  const image = provideBalancerImage(context, plans, service);
  const trouble = findTrouble(context);
  const reaching = ground.reachBalancers(context, image);
  return {
    context: reaching,
    checks: plans.map((plan) => checkSettings(context, plan, image, takeNamed(networks, plan.network))),
    create: (plan, pools, after) =>
      createBalancer(reaching, ground, plan, {
        image,
        network: takeNamed(networks, plan.network),
        pools: pools.filter(({ name }) => plan.pools.some((pool) => pool.name === name)),
        after,
        trouble,
      }),
  };
}

function createNetworks(context: Context, ground: Ground, names: string[]): Record<string, docker.Network> {
  return Object.fromEntries(names.map((name) => [name, ground.createNetwork(context, name)]));
}

function takeNamed<Thing>(things: Record<string, Thing>, name: string): Thing {
  const found = things[name];
  if (found === undefined) throw new Error(`There is nothing for "${name}".`);
  return found;
}

function createLeftovers(context: Context, networks: Record<string, docker.Network>): local.Command {
  return createCommand(context, `${context.name}-leftovers`, {
    script: "leftovers",
    create: "nothing",
    delete: "removeLeftovers",
    task: {
      networks: Object.values(networks).map(({ name }) => name),
      stack: nameStack(),
      service: context.name,
    },
  });
}

function createImages(
  context: Context,
  plans: BalancerPlan[],
  workers: PlannedWorkers[],
  service: Service,
): Record<string, Image> {
  const pools = [...plans.flatMap((plan) => plan.pools), ...workers];
  return Object.fromEntries(pools.map((pool) => [pool.name, createImage(context, pool, service)]));
}

function createImage(context: Context, pool: PlannedPool | PlannedWorkers, { registry }: Service): Image {
  const { name, build, image = "", replicas } = pool;
  const child = nameImage(context.name, name);
  const users = Array.from({ length: replicas }, (_, index) => replicaLabels(pool, index + 1));
  if (build !== undefined) return buildImage(context, child, build, users);
  return provideImage(context, child, image, registry, registry.followTags, users);
}

function provideBalancerImage(
  context: Context,
  plans: BalancerPlan[],
  { balancer, registry }: Service,
): Image {
  const users = plans.map(({ title }) => balancerLabels(title));
  // A moved tag would replace the balancer, which cuts: a new Nginx is asked for by its version.
  return provideImage(context, `${context.name}-balancer-image`, balancer.image, registry, false, users);
}
