import type { local } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../../resources/commands";
import type { Context } from "../../resources/context";
import type { Image } from "../../resources/images";
import type { PushTask } from "../../../deploy/tasks";
import type { ConfiguredPlan } from "../balancer/configuration";
import type { CreatedPool } from "../pool";
import type { MakeReplica } from "../replica";
import type { Unit } from "./unit";

/** The parts of a balancer. */
export interface BalancerParts {
  image: Image;
  network: docker.Network;
  pools: CreatedPool[];
  /** Resources that must be there before the balancer, besides the replicas. */
  after: pulumi.Resource[];
  /** Changes when there is something to put right that the state does not know of. */
  trouble: pulumi.Output<string>;
}

/** What is there of a balancer before it has settings. */
export interface HousedBalancer {
  /** It, or the front of those that share one. */
  unit: Unit;
  /** Those that share a front. */
  sharing: docker.Container[];
  /** The volume of its configuration, where it has one. */
  configurationVolume?: docker.Volume;
}

/** What a service is made of on whatever runs it: one engine, or a swarm. */
export interface Ground {
  /** Whether its balancers have no place of their own for settings, and a node for each. */
  readonly hasNodes: boolean;
  createNetwork(context: Context, name: string): docker.Network;
  createReplica: MakeReplica;
  /** Variables by which commands find the balancers, where the engine alone does not. */
  reachBalancers(context: Context, image: Image | undefined): Context;
  houseBalancer(context: Context, plan: ConfiguredPlan, parts: BalancerParts): HousedBalancer;
  /** Keeps what a push has proven, where balancers do not keep it themselves. */
  keepSettings(
    context: Context,
    plan: ConfiguredPlan,
    parts: BalancerParts,
    pushed: { push: local.Command; upstreams: Inputs<PushTask>["upstreams"] },
  ): void;
}
