import * as pulumi from "@pulumi/pulumi";
import { findCertificateWarnings } from "./service/options/tls/warnings";
import { parseArguments } from "./arguments/parse";
import { createContext } from "./resources/context";
import { createService } from "./service/service";
import { findSharingWarnings } from "./service/options/mounts/sharing-warnings";
import { listTargets } from "./service/targets";
import { listPublicNames } from "./service/routing";
import { type Service, serviceSchema } from "./service/schema";
import type { MonitoringSource } from "./monitoring-types";
import type { ScrapeTarget } from "./scrape-types";
import { EngineKind } from "./engine-types";
import type { LoadBalancedServiceArgs, PoolImage } from "./types";

/** Pools of replicas behind an Nginx, and of workers: an update, a scale or a crash loses no request. */
export class LoadBalancedService extends pulumi.ComponentResource {
  /** Where the service answers; nothing where no pool is public. */
  public readonly url: pulumi.Output<string | undefined>;
  /** Number of replicas of each pool. */
  public readonly replicas: pulumi.Output<Record<string, number>>;
  /** Names of the containers of each pool. */
  public readonly containers: pulumi.Output<Record<string, string[]>>;
  /** The image of each pool. */
  public readonly images: pulumi.Output<Record<string, PoolImage>>;
  /** Names of the networks: `public`, and one for each pool that is internal or has no port. */
  public readonly networks: pulumi.Output<Record<string, string>>;
  /** Names of the Docker volumes that its replicas share, by the name that mounts have for them. */
  public readonly volumes: pulumi.Output<Record<string, string>>;
  /** Where Prometheus finds figures: of the balancers, and of each replica of pools that have `metrics`. */
  public readonly targets: pulumi.Output<ScrapeTarget[]>;
  /** Entry for the `sources` of a `Monitoring`. */
  public readonly source: MonitoringSource;

  constructor(name: string, args: LoadBalancedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const service = parseArguments(`LoadBalancedService "${name}"`, serviceSchema, args);
    super("flotilla:index:LoadBalancedService", name, {}, opts);

    const { context, host } = createContext(
      name,
      this,
      limitsProcessors(service),
      service.engine.kind === EngineKind.Swarm,
    );
    const { balancer, pools, routes } = service;
    for (const warning of [...findCertificateWarnings(balancer, routes), ...findSharingWarnings(pools)])
      void pulumi.log.warn(warning, this);
    const created = createService(context, service);

    this.url = host.apply((known) => renderUrl(service, known));
    this.replicas = pulumi
      .all(
        [...created.balancers.map(({ push }) => push), ...created.workers.map(({ sweep }) => sweep)].map(
          ({ stdout }) => stdout,
        ),
      )
      .apply(() => mapEntries(pools, ({ replicas }) => replicas));
    this.containers = pulumi.output(
      Object.fromEntries(
        [...created.pools, ...created.workers].map((pool) => [
          pool.name,
          pool.containers.map(({ name }) => name),
        ]),
      ),
    );
    this.images = pulumi.output(
      // What is found out with the credentials of a registry is no secret.
      mapEntries(created.images, ({ reference, id }) => ({ reference, id: pulumi.unsecret(id) })),
    );
    this.networks = pulumi.output(mapEntries(created.networks, (network) => network.name));
    this.volumes = pulumi.output(mapEntries(created.shared, ({ volume }) => volume.name));
    this.targets = listTargets(context, created);
    this.source = {
      targets: this.targets,
      networks: this.networks.apply((networks) => Object.values(networks)),
      containers: this.containers.apply((names) => Object.values(names).flat()),
    };
    this.registerOutputs({
      url: this.url,
      replicas: this.replicas,
      containers: this.containers,
      images: this.images,
      networks: this.networks,
      volumes: this.volumes,
      targets: this.targets,
      source: this.source,
    });
  }
}

function limitsProcessors({ pools, balancer, engine }: Service): boolean {
  if (engine.kind === EngineKind.Swarm) return false;
  return [balancer, ...Object.values(pools)].some(({ limits }) => limits?.cpus !== undefined);
}

function mapEntries<From, To>(entries: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, map(value)]));
}

/** The address by which the machine that runs Pulumi reaches the balancer. */
function renderUrl({ balancer, pools }: Service, engineHost: string | undefined): string | undefined {
  if (listPublicNames(pools).length === 0) return undefined;
  const engine = /^(?:ssh|tcp|https?):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)/.exec(engineHost ?? "")?.[1];
  const { address, port, tls } = balancer;
  const host = ["0.0.0.0", "::"].includes(address) ? (engine ?? "localhost") : address;
  const named = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  // Beside plain HTTP, a certificate that no client trusts is no better.
  return tls === undefined || (tls.certificates === undefined && !tls.redirect)
    ? `http://${named}:${port}`
    : `https://${named}:${tls.port}`;
}
