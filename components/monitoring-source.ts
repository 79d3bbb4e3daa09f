import type * as pulumi from "@pulumi/pulumi";
import type { Datastore } from "./datastore";
import { LoadBalancedService } from "./load-balanced-service";
import type { MonitoringSourceArgs } from "./monitoring-types";

/** A component as `Monitoring` measures it: its targets, the networks on which they are, and its containers. */
export function sourceOf(component: LoadBalancedService | Datastore): MonitoringSourceArgs {
  const { targets } = component;
  if (component instanceof LoadBalancedService)
    return {
      targets,
      networks: component.networks.apply(listValues),
      containers: component.containers.apply((pools) => listValues(pools).flat()),
    };
  const networks: pulumi.Output<string[]> = targets.apply((known) => known.map(({ network }) => network));
  return { targets, networks, containers: component.containers };
}

function listValues<Value>(record: Record<string, Value>): Value[] {
  return Object.values(record);
}
