import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  type BalancerParts,
  checkSettings,
  createBalancer,
  describeBalancer,
  publicPort,
} from "./internal/balancer";
import { type Context, countProcessors, findEngineHost, labels } from "./internal/context";
import { createCommand } from "./internal/commands";
import { completeHealthCheck } from "./internal/health";
import { buildImage, type Image, provideImage } from "./internal/images";
import { createPool, type Pool } from "./internal/pool";
import { leftoversScript } from "./internal/scripts";
import { describeProblems, serviceProblems } from "./internal/service-schema";
import { sortPools } from "./internal/start-order";
import type { LoadBalancedServiceArgs, PoolArgs, RouteArgs } from "./types";

const defaultBalancerImage = "nginx:1.30.4";

/** Pools of replicas behind an Nginx: an update, a scale or a crash loses no request. */
export class LoadBalancedService extends pulumi.ComponentResource {
  /** Where the service answers. */
  public readonly url: pulumi.Output<string>;
  /** Number of replicas of each pool. */
  public readonly replicas: pulumi.Output<Record<string, number>>;
  /** Names of the containers of each pool. */
  public readonly containers: pulumi.Output<Record<string, string[]>>;
  /** Names of the networks: `public`, and one for each internal pool. */
  public readonly networks: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: LoadBalancedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("flotilla:index:LoadBalancedService", name, {}, opts);

    const engineHost = findEngineHost(this);
    const context: Context = {
      name,
      parent: this,
      engineHost,
      processors: limitsProcessors(args) ? countProcessors(engineHost) : pulumi.output(undefined),
      without: (process.env.FLOTILLA_TEST_WITHOUT ?? "").split(",").filter((part) => part !== ""),
    };
    const service = createService(context, args);

    this.url = context.engineHost.apply((host) => describeUrl(args, host));
    this.replicas = service.pushes.apply(() => mapPools(args, ({ replicas = 1 }) => replicas));
    this.containers = pulumi.output(
      Object.fromEntries(
        service.pools.map((pool) => [pool.name, pool.replicas.map((replica) => replica.name)]),
      ),
    );
    this.networks = pulumi.output(service.networks);
    this.registerOutputs({
      url: this.url,
      replicas: this.replicas,
      containers: this.containers,
      networks: this.networks,
    });
  }
}

function checkArgs(name: string, args: LoadBalancedServiceArgs): void {
  const problems = serviceProblems(args);
  if (problems.length === 0) return;
  throw new pulumi.InputPropertiesError({
    message: describeProblems(`LoadBalancedService "${name}"`, problems),
    errors: problems.map(({ path, rule }) => ({ propertyPath: path.join("."), reason: `must ${rule}` })),
  });
}

function limitsProcessors({ pools, balancer }: LoadBalancedServiceArgs): boolean {
  return [balancer, ...Object.values(pools)].some((part) => part?.limits?.cpus !== undefined);
}

interface Service {
  pools: Pool[];
  networks: Record<string, pulumi.Output<string>>;
  /** Known when every balancer has its configuration. */
  pushes: pulumi.Output<string[]>;
}

/** Networks and images, then the pools in the order in which they start, each internal one with its balancer, then the one in front. */
function createService(context: Context, args: LoadBalancedServiceArgs): Service {
  const networks = createNetworks(context, args);
  const leftovers = createCommand(context, `${context.name}-leftovers`, {
    script: leftoversScript,
    create: "nothing",
    delete: "removeLeftovers",
    task: { networks: Object.values(networks).map((network) => network.name) },
  });
  const balancerImage = provideImage(
    context,
    `${context.name}-balancer-image`,
    args.balancer?.image ?? defaultBalancerImage,
    args.registry,
    // A moved tag would replace the balancer, which cuts: a new Nginx is asked for by its version.
    false,
  );
  const images = mapPools(args, (pool, name) => createImage(context, name, pool, args));
  const plans = planBalancers(context, args, networks, balancerImage);
  // Whatever joins the networks depends on these, so that nothing is touched when the settings are wrong, and in the end
  // only what no state knows is left over.
  const first = [leftovers, ...plans.map(({ parts, model }) => checkSettings(context, parts, model))];

  const pools: Pool[] = [];
  const pushes: local.Command[] = [];
  const ready: Record<string, pulumi.Resource[]> = {};
  for (const name of sortPools(args.pools)) {
    const pool = args.pools[name];
    const image = images[name];
    const plan = plans.find(({ poolNames }) => poolNames.includes(name));
    if (pool === undefined || image === undefined || plan === undefined) continue;
    const reached = Object.keys(args.pools).filter((other) =>
      args.pools[other]?.reachableFrom?.includes(name),
    );
    const made = createPool(context, name, pool, {
      image,
      network: plan.parts.network,
      balancer: plan.parts.title,
      further: reached.flatMap((other) => networks[other] ?? []),
      after: [...first, ...[...(pool.startAfter ?? []), ...reached].flatMap((other) => ready[other] ?? [])],
    });
    pools.push(made);
    ready[name] = made.members;
    if (pool.reachableFrom === undefined) continue;
    const push = createBalancer(context, plan.parts, plan.model, [made], first, args.startStopped ?? "");
    pushes.push(push);
    ready[name] = [push];
  }
  for (const { parts, model, poolNames } of plans.filter(({ parts }) => parts.alias === undefined)) {
    const behind = pools.filter((pool) => poolNames.includes(pool.name));
    pushes.push(createBalancer(context, parts, model, behind, first, args.startStopped ?? ""));
  }
  return {
    pools,
    networks: Object.fromEntries(Object.entries(networks).map(([key, network]) => [key, network.name])),
    pushes: pulumi.output(pushes.map(({ stdout }) => stdout)),
  };
}

/** The public pools share a network with the balancer in front; each internal pool has one of its own. */
function createNetworks(context: Context, args: LoadBalancedServiceArgs): Record<string, docker.Network> {
  const internal = Object.keys(args.pools).filter((pool) => args.pools[pool]?.reachableFrom !== undefined);
  return Object.fromEntries(
    ["public", ...internal].map((name) => [
      name,
      new docker.Network(
        `${context.name}-${name}-network`,
        { labels: labels(context, { "flotilla.network": name }) },
        { parent: context.parent },
      ),
    ]),
  );
}

function createImage(context: Context, name: string, pool: PoolArgs, args: LoadBalancedServiceArgs): Image {
  const child = `${context.name}-${name}-image`;
  if (pool.build !== undefined) return buildImage(context, child, pool.build);
  return provideImage(context, child, pool.image ?? "", args.registry, args.registry?.followTags ?? true);
}

interface BalancerPlan {
  parts: BalancerParts;
  model: ReturnType<typeof describeBalancer>;
  poolNames: string[];
}

function planBalancers(
  context: Context,
  args: LoadBalancedServiceArgs,
  networks: Record<string, docker.Network>,
  image: Image,
): BalancerPlan[] {
  const plan = (
    poolNames: string[],
    routes: RouteArgs[],
    parts: Omit<BalancerParts, "image">,
  ): BalancerPlan => ({
    parts: { ...parts, image },
    model: describeBalancer(
      context,
      { ...parts, image },
      poolNames.flatMap((name) => {
        const pool = args.pools[name];
        return pool === undefined
          ? []
          : [{ name, args: pool, health: completeHealthCheck(pool.healthCheck, pool.port) }];
      }),
      routes.map(({ path = "/", host, pool }) => ({
        path,
        upstream: pool,
        ...(host === undefined ? {} : { host }),
      })),
    ),
    poolNames,
  });
  return ["public", ...Object.keys(args.pools)].flatMap((name) => {
    const network = networks[name];
    if (network === undefined) return [];
    if (name !== "public")
      return plan([name], [{ pool: name }], {
        title: `${name}-balancer`,
        args: {},
        network,
        port: args.pools[name]?.port ?? 0,
        alias: name,
      });
    const poolNames = Object.keys(args.pools).filter((pool) => args.pools[pool]?.reachableFrom === undefined);
    const routes = args.routes ?? poolNames.map((pool) => ({ pool }));
    return plan(poolNames, routes, {
      title: "balancer",
      args: args.balancer ?? {},
      network,
      port: publicPort,
    });
  });
}

function mapPools<T>(
  args: LoadBalancedServiceArgs,
  map: (pool: PoolArgs, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(args.pools).map(([name, pool]) => [name, map(pool, name)]));
}

/** The address by which the machine that runs Pulumi reaches the balancer. */
function describeUrl({ balancer }: LoadBalancedServiceArgs, engineHost: string | undefined): string {
  const engine = /^(?:ssh|tcp|https?):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)/.exec(engineHost ?? "")?.[1];
  const address = balancer?.address ?? "0.0.0.0";
  const host = ["0.0.0.0", "::"].includes(address) ? (engine ?? "localhost") : address;
  return `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${balancer?.port ?? 8080}`;
}
