import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { balancerLabels, type CreatedBalancer, checkSettings, createBalancer } from "./balancer/balancer";
import { createCommand } from "../resources/commands";
import { type ConfiguredPlan, createConfiguration } from "./balancer/configuration";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { buildImage, type Image, provideImage } from "../resources/images";
import { type BalancerPlan, planBalancers, type PlannedPool } from "./plan";
import { type CreatedPool, createPool, replicaLabels } from "./pool";
import { findReached, sortPools } from "./pool/order";
import type { Service } from "./schema";
import { createSharedVolumes, type SharedVolumes } from "./options/mounts/shared-volumes";
import { findTrouble } from "./trouble";

/** The resources of a service. */
export interface CreatedService {
  pools: CreatedPool[];
  networks: Record<string, docker.Network>;
  balancers: CreatedBalancer[];
  shared: SharedVolumes;
}

/** Makes networks, then the pools in the order in which they start, each internal one with its balancer, then the one in front. */
export function createService(context: Context, service: Service): CreatedService {
  const plans = planBalancers(service).map((plan): ConfiguredPlan => {
    return { ...plan, configuration: createConfiguration(context, plan) };
  });
  const networks = createNetworks(context, plans);
  const image = provideBalancerImage(context, plans, service);
  const images = createImages(context, plans, service);
  const shared = createSharedVolumes(context, service.pools, images, Object.values(networks));
  // Whatever joins the networks depends on these, so that nothing is touched when the settings are wrong or others use the
  // volumes, and in the end only what no state knows is left over.
  const first: pulumi.Resource[] = [
    createLeftovers(context, networks),
    ...plans.map((plan) => checkSettings(context, plan, image, takeNamed(networks, plan.network))),
    ...Object.values(shared).map(({ volume }) => volume),
  ];

  const trouble = findTrouble(context);
  const created: CreatedService = { pools: [], networks, balancers: [], shared };
  const ready = new Map<string, pulumi.Resource[]>();
  const balance = (plan: ConfiguredPlan): local.Command => {
    const balancer = createBalancer(context, plan, {
      image,
      network: takeNamed(networks, plan.network),
      pools: created.pools.filter(({ name }) => plan.pools.some((pool) => pool.name === name)),
      after: first,
      trouble,
    });
    created.balancers.push(balancer);
    return balancer.push;
  };
  for (const { plan, pool } of sortByStart(service, plans)) {
    const reached = findReached(service.pools, pool.name);
    const before = [...pool.startAfter, ...reached];
    const replicas = createPool(context, pool, {
      image: takeNamed(images, pool.name),
      shared,
      network: takeNamed(networks, plan.network),
      balancer: plan.title,
      further: reached.map((name) => takeNamed(networks, name)),
      after: [...first, ...before.flatMap((name) => ready.get(name) ?? [])],
    });
    created.pools.push(replicas);
    // Whoever reaches an internal pool needs its balancer too.
    ready.set(pool.name, plan.alias === undefined ? replicas.members : [balance(plan)]);
  }
  plans.filter(({ alias }) => alias === undefined).forEach(balance);
  return created;
}

function sortByStart(
  { pools }: Service,
  plans: ConfiguredPlan[],
): { plan: ConfiguredPlan; pool: PlannedPool }[] {
  const planned = plans.flatMap((plan) => plan.pools.map((pool) => ({ plan, pool })));
  const order = sortPools(pools);
  return planned.sort((a, b) => order.indexOf(a.pool.name) - order.indexOf(b.pool.name));
}

function createNetworks(context: Context, plans: BalancerPlan[]): Record<string, docker.Network> {
  return Object.fromEntries(
    plans.map(({ network: name }) => [
      name,
      new docker.Network(
        `${context.name}-${name}-network`,
        { labels: labels(context, "network", { "flotilla.network": name }) },
        { parent: context.parent },
      ),
    ]),
  );
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
    task: { networks: Object.values(networks).map(({ name }) => name) },
  });
}

function createImages(context: Context, plans: BalancerPlan[], service: Service): Record<string, Image> {
  const pools = plans.flatMap((plan) => plan.pools);
  return Object.fromEntries(pools.map((pool) => [pool.name, createImage(context, pool, service)]));
}

function createImage(
  context: Context,
  { name, build, image = "", replicas }: PlannedPool,
  { registry }: Service,
): Image {
  const child = `${context.name}-${name}-image`;
  const users = Array.from({ length: replicas }, (_, index) => replicaLabels(name, index + 1));
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
