/** A replica as the balancer sees it. */
export interface Member {
  /** Name of the container, which Docker's DNS resolves. */
  name: string;
  /** Port it listens on. */
  port: number;
}

/** A group of equal replicas. */
export interface Upstream {
  /** Name of the group. */
  name: string;
  /** How a replica is chosen. */
  method: "least_conn" | "round-robin";
  /** Path that is asked to see whether a replica answers through the balancer. */
  probePath: string;
  /** Seconds to open a connection. */
  connectSeconds: number;
  /** Seconds without a byte of the answer. */
  readSeconds: number;
  /** Seconds without taking a byte of the request. */
  sendSeconds: number;
  /** Seconds all tries of one request may take together. */
  retrySeconds: number;
  /** Most tries of one request; 1 switches retries off. */
  tries: number;
}

/** Which requests go to which group. */
export interface Route {
  /** Start of the path. */
  path: string;
  /** Host name; absent for every host that no other route names. */
  host?: string;
  /** Name of the upstream. */
  upstream: string;
}

/** Everything that Nginx is told, but for the members, which come and go. */
export interface Balancer {
  /** Port that Nginx listens on. */
  port: number;
  /** Seconds after a reload at which old workers cut what is still open. */
  shutdownSeconds: number;
  /** The groups of replicas. */
  upstreams: Upstream[];
  /** Which requests go where. */
  routes: Route[];
  /** Directives of the user's own for the `http` block. */
  httpDirectives: string[];
  /** Directives of the user's own for every `server` block. */
  serverDirectives: string[];
}
