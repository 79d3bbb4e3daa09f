import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { metricsPort } from "../../nginx/places";
import type { ScrapeTarget } from "../scrape-types";
import type { Balancer } from "./balancer/balancer";
import type { Context } from "../resources/context";
import type { Pool } from "./pool";
import type { Service } from "./service";

/** Where the balancers and the replicas have figures. A replica is a target of its own, so a scale changes the list. */
export function listTargets(
  context: Context,
  { balancers, pools }: Pick<Service, "balancers" | "pools">,
): pulumi.Output<ScrapeTarget[]> {
  return pulumi.all([
    ...balancers.flatMap((balancer) => describeBalancer(context, balancer)),
    ...pools.flatMap((pool) => describeReplicas(context, pool)),
  ]);
}

function describeBalancer(
  { name: service }: Context,
  { plan, network, container }: Balancer,
): pulumi.Output<ScrapeTarget>[] {
  if (plan.args.status?.metrics === false) return [];
  return [
    describe(container, network, metricsPort, { job: "balancer", labels: { service, balancer: plan.title } }),
  ];
}

function describeReplicas(
  { name: service }: Context,
  { name: pool, args, network, replicas }: Pool,
): pulumi.Output<ScrapeTarget>[] {
  if (args.metrics === undefined) return [];
  const { port = args.port, path } = args.metrics;
  return replicas.map((replica, index) =>
    describe(replica, network, port, {
      job: "pool",
      labels: { service, pool, replica: `${pool}-${index + 1}` },
      ...(path === undefined ? {} : { path }),
    }),
  );
}

/** By the container's own name: two generations share all others while one takes over from the other. */
function describe(
  container: docker.Container,
  network: docker.Network,
  port: number,
  { job, labels, path = "/metrics" }: Pick<ScrapeTarget, "job" | "labels"> & { path?: string },
): pulumi.Output<ScrapeTarget> {
  return pulumi.all([container.name, network.name]).apply(([host, joined]) => {
    return { job, address: `${host}:${port}`, path, network: joined, labels };
  });
}
