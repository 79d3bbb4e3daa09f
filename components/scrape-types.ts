/** Something that Prometheus asks for figures, on a network that it has to join. */
export interface ScrapeTarget {
  /** Kind of what is measured: `pool`, `balancer`, `backup`, or a datastore's engine. */
  job: string;
  /** Host and port on the network. */
  address: string;
  /** Path that answers with the figures. */
  path: string;
  /** Name of the Docker network. */
  network: string;
  /** Labels that tell its figures from those of others, such as pool and replica. */
  labels: Record<string, string>;
}

/** Where a replica has figures of its own for Prometheus. */
export interface PoolMetricsArgs {
  /** Port that answers with them. Defaults to the pool's. */
  port?: number;
  /** Path that answers with them. Defaults to `/metrics`. */
  path?: string;
}
