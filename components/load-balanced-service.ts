import * as pulumi from "@pulumi/pulumi";
import { findCertificateWarnings } from "./service/options/tls/rules";
import { defaultAddress, defaultPublishedPort, defaultTlsPort } from "./service/published-ports";
import { createContext } from "./resources/context";
import { createService } from "./service/service";
import { findSharingWarnings } from "./service/options/mounts/sharing-rules";
import { listTargets } from "./service/targets";
import { refuseProblems } from "./arguments/problems";
import { serviceProblems } from "./service/schema";
import type { MonitoringSource } from "./monitoring-types";
import type { ScrapeTarget } from "./scrape-types";
import type { LoadBalancedServiceArgs, TlsArgs } from "./types";

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
  /** Names of the Docker volumes that its replicas share, by the name that mounts have for them. */
  public readonly volumes: pulumi.Output<Record<string, string>>;
  /** Where Prometheus finds figures: of the balancers, and of each replica of pools that have `metrics`. */
  public readonly targets: pulumi.Output<ScrapeTarget[]>;
  /** What `Monitoring` takes to measure it. */
  public readonly source: MonitoringSource;

  constructor(name: string, args: LoadBalancedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseProblems(`LoadBalancedService "${name}"`, serviceProblems(args));
    super("flotilla:index:LoadBalancedService", name, {}, opts);

    const { context, host } = createContext(name, this, limitsProcessors(args));
    for (const warning of [...findCertificateWarnings(args), ...findSharingWarnings(args)])
      void pulumi.log.warn(warning, this);
    const service = createService(context, args);

    this.url = host.apply((known) => describeUrl(args, known));
    this.replicas = pulumi
      .all(service.balancers.map(({ push }) => push.stdout))
      .apply(() => mapEntries(args.pools, ({ replicas = 1 }) => replicas));
    this.containers = pulumi.output(
      Object.fromEntries(
        service.pools.map((pool) => [pool.name, pool.replicas.map((replica) => replica.name)]),
      ),
    );
    this.networks = pulumi.output(mapEntries(service.networks, (network) => network.name));
    this.volumes = pulumi.output(mapEntries(service.shared, ({ volume }) => volume.name));
    this.targets = listTargets(context, service);
    this.source = {
      targets: this.targets,
      networks: this.networks.apply((networks) => Object.values(networks)),
      containers: this.containers.apply((pools) => Object.values(pools).flat()),
    };
    this.registerOutputs({
      url: this.url,
      replicas: this.replicas,
      containers: this.containers,
      networks: this.networks,
      volumes: this.volumes,
      targets: this.targets,
      source: this.source,
    });
  }
}

function limitsProcessors({ pools, balancer }: LoadBalancedServiceArgs): boolean {
  return [balancer, ...Object.values(pools)].some((part) => part?.limits?.cpus !== undefined);
}

function mapEntries<From, To>(entries: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, map(value)]));
}

/** Whether TLS is there besides, with a certificate that no client trusts. */
function isBetterPlain({ certificates, redirect }: TlsArgs): boolean {
  return certificates === undefined && redirect === false;
}

/** The address by which the machine that runs Pulumi reaches the balancer. */
function describeUrl({ balancer }: LoadBalancedServiceArgs, engineHost: string | undefined): string {
  const engine = /^(?:ssh|tcp|https?):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)/.exec(engineHost ?? "")?.[1];
  const address = balancer?.address ?? defaultAddress;
  const host = ["0.0.0.0", "::"].includes(address) ? (engine ?? "localhost") : address;
  const named = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return balancer?.tls === undefined || isBetterPlain(balancer.tls)
    ? `http://${named}:${balancer?.port ?? defaultPublishedPort}`
    : `https://${named}:${balancer.tls.port ?? defaultTlsPort}`;
}
