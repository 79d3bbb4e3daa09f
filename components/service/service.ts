import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancedServiceArgs } from "../types";
import { type Balancer, balancerLabels, checkSettings, createBalancer } from "./balancer/balancer";
import { createCommand } from "../resources/commands";
import { type ConfiguredPlan, createConfiguration } from "./balancer/configuration";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { buildImage, type Image, provideImage } from "../resources/images";
import { defaultBalancerImage } from "./balancer/nginx-version";
import { type BalancerPlan, findReached, planBalancers, type PlannedPool, sortPools } from "./plan";
import { createPool, type Pool, replicaLabels } from "./pool";
import { createSharedVolumes, type SharedVolumes } from "./options/mounts/shared-volumes";
import { findTrouble } from "./trouble";

/** What a service consists of. */
export interface Service {
  pools: Pool[];
  networks: Record<string, docker.Network>;
  balancers: Balancer[];
  shared: SharedVolumes;
}

/** Makes networks, then the pools in the order in which they start, each internal one with its balancer, then the one in front. */
export function createService(context: Context, args: LoadBalancedServiceArgs): Service {
  const plans = planBalancers(args).map((plan): ConfiguredPlan => {
    return { ...plan, configuration: createConfiguration(context, plan) };
  });
  const networks = createNetworks(context, plans);
  const image = provideBalancerImage(context, plans, args);
  const images = createImages(context, plans, args);
  const shared = createSharedVolumes(context, args, images, Object.values(networks));
  // Whatever joins the networks depends on these, so that nothing is touched when the settings are wrong or others use the
  // volumes, and in the end only what no state knows is left over.
  const first: pulumi.Resource[] = [
    createLeftovers(context, networks),
    ...plans.map((plan) => checkSettings(context, plan, image, pick(networks, plan.network))),
    ...Object.values(shared).map(({ volume }) => volume),
  ];

  const trouble = findTrouble(context);
  const service: Service = { pools: [], networks, balancers: [], shared };
  const ready = new Map<string, pulumi.Resource[]>();
  const balance = (plan: ConfiguredPlan): local.Command => {
    const balancer = createBalancer(context, plan, {
      image,
      network: pick(networks, plan.network),
      pools: service.pools.filter(({ name }) => plan.pools.some((pool) => pool.name === name)),
      after: first,
      trouble,
    });
    service.balancers.push(balancer);
    return balancer.push;
  };
  for (const { plan, pool } of sortByStart(args, plans)) {
    const reached = findReached(args.pools, pool.name);
    const before = [...(pool.args.startAfter ?? []), ...reached];
    const made = createPool(context, pool, {
      image: pick(images, pool.name),
      shared,
      network: pick(networks, plan.network),
      balancer: plan.title,
      further: reached.map((name) => pick(networks, name)),
      after: [...first, ...before.flatMap((name) => ready.get(name) ?? [])],
    });
    service.pools.push(made);
    // Whoever reaches an internal pool needs its balancer too.
    ready.set(pool.name, plan.alias === undefined ? made.members : [balance(plan)]);
  }
  plans.filter(({ alias }) => alias === undefined).forEach(balance);
  return service;
}

function sortByStart(
  args: LoadBalancedServiceArgs,
  plans: ConfiguredPlan[],
): { plan: ConfiguredPlan; pool: PlannedPool }[] {
  const planned = plans.flatMap((plan) => plan.pools.map((pool) => ({ plan, pool })));
  const order = sortPools(args.pools);
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

function pick<Made>(made: Record<string, Made>, name: string): Made {
  const found = made[name];
  if (found === undefined) throw new Error(`Nothing was made for "${name}".`);
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

function createImages(
  context: Context,
  plans: BalancerPlan[],
  args: LoadBalancedServiceArgs,
): Record<string, Image> {
  const pools = plans.flatMap((plan) => plan.pools);
  return Object.fromEntries(pools.map((pool) => [pool.name, createImage(context, pool, args)]));
}

function createImage(
  context: Context,
  { name, args }: PlannedPool,
  { registry }: LoadBalancedServiceArgs,
): Image {
  const child = `${context.name}-${name}-image`;
  const users = Array.from({ length: args.replicas ?? 1 }, (_, index) => replicaLabels(name, index + 1));
  if (args.build !== undefined) return buildImage(context, child, args.build, users);
  return provideImage(context, child, args.image ?? "", registry, registry?.followTags ?? true, users);
}

function provideBalancerImage(
  context: Context,
  plans: BalancerPlan[],
  { balancer, registry }: LoadBalancedServiceArgs,
): Image {
  const reference = balancer?.image ?? defaultBalancerImage;
  // A moved tag would replace the balancer, which cuts: a new Nginx is asked for by its version.
  const users = plans.map(({ title }) => balancerLabels(title));
  return provideImage(context, `${context.name}-balancer-image`, reference, registry, false, users);
}
