import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ScrapeTarget } from "../scrape-types";
import type { CreatedBalancer } from "./balancer/balancer";
import { portOfFigures } from "./balancer/front";
import type { Context } from "../resources/context";
import type { Unit } from "./ground/unit";
import type { CreatedPool } from "./pool";
import type { CreatedService } from "./service";
import type { CreatedWorkers } from "./workers";

/** Where the balancers and the replicas have figures. A replica is a target of its own, so a scale changes the list. */
export function listTargets(
  context: Context,
  { balancers, pools, workers }: Pick<CreatedService, "balancers" | "pools" | "workers">,
): pulumi.Output<ScrapeTarget[]> {
  return pulumi.all([
    ...balancers.flatMap((balancer) => listBalancerTargets(context, balancer)),
    ...[...pools, ...workers].flatMap((pool) => listReplicaTargets(context, pool)),
  ]);
}

function listBalancerTargets(
  { name: service }: Context,
  { plan, network, container }: CreatedBalancer,
): pulumi.Output<ScrapeTarget>[] {
  const { status, replicas = 1 } = plan.balancer;
  if (!status.metrics) return [];
  return Array.from({ length: replicas }, (_, index) =>
    locate(container, network, portOfFigures(index + 1), {
      ...{ job: "balancer", path: "/metrics", labels: { service, balancer: plan.title } },
    }),
  );
}

function listReplicaTargets(
  { name: service }: Context,
  { name: pool, metrics, network, containers }: CreatedPool | CreatedWorkers,
): pulumi.Output<ScrapeTarget>[] {
  if (metrics === undefined) return [];
  return containers.map((container, index) =>
    locate(container, network, metrics.port, {
      job: "pool",
      path: metrics.path,
      labels: { service, pool, replica: `${pool}-${index + 1}` },
    }),
  );
}

/** By the container's own name: two generations share all others while one takes over from the other. */
function locate(
  container: Unit,
  network: docker.Network,
  port: number,
  measured: Pick<ScrapeTarget, "job" | "path" | "labels">,
): pulumi.Output<ScrapeTarget> {
  return pulumi.all([container.name, network.name]).apply(([host, joined]) => {
    return { ...measured, address: `${host}:${port}`, network: joined };
  });
}
