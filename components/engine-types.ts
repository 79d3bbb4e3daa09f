/** What the containers run on. */
export enum EngineKind {
  /** One Docker engine. */
  Single = "single",
  /** The nodes of a Docker Swarm, by an engine that manages it. */
  Swarm = "swarm",
}

/** What the containers run on, and how. */
export interface EngineArgs {
  /** One engine, or a swarm of them. Defaults to `single`. */
  kind?: EngineKind;
  /** Which nodes have a balancer, like `node.labels.web == true`. Defaults to all. Only with `swarm`. */
  balancers?: string[];
  /** Which nodes may have replicas, in the same words. Defaults to all. Only with `swarm`. */
  replicas?: string[];
  /**
   * Whether every node has the images already that no registry has, as where they were loaded by hand. Defaults to false: such an
   * image is refused. Only with `swarm`.
   */
  localImages?: boolean;
}
