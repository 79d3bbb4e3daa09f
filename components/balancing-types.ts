/** How the balancer chooses a replica. */
export enum Method {
  /** The replica with the fewest requests under way. */
  LeastConnections = "least_conn",
  /** One after the other. */
  RoundRobin = "round-robin",
  /** By the client's address: the same client, the same replica. */
  IpHash = "ip_hash",
  /** By `hashKey`: what has the same key goes to the same replica. */
  Hash = "hash",
  /** The less busy of two that are drawn; best where several balancers share the replicas. */
  Random = "random",
}

/** When a request is given to another replica. */
export enum RetryCondition {
  /** No connection, or it broke. */
  Error = "error",
  /** No answer in time. */
  Timeout = "timeout",
  InvalidHeader = "invalid_header",
  Status500 = "http_500",
  Status502 = "http_502",
  Status503 = "http_503",
  Status504 = "http_504",
  Status429 = "http_429",
}

/** How a browser treats a cookie on requests that other sites cause. */
export enum SameSite {
  Lax = "lax",
  Strict = "strict",
  None = "none",
}

/** How long the balancer waits for a replica of this pool. */
export interface TimeoutArgs {
  /** Seconds to open a connection. Defaults to 1. */
  connectSeconds?: number;
  /** Seconds without a byte of the answer. Must be less than `retrySeconds`. Defaults to two thirds of it: 20. */
  readSeconds?: number;
  /** Seconds without taking a byte of the request. Defaults to `readSeconds`. */
  sendSeconds?: number;
  /** Seconds all tries of one request may take together. Defaults to 30, or one and a half times `readSeconds` if that is more. */
  retrySeconds?: number;
}

/** Which failures have a request given to another replica. */
export interface RetriesArgs {
  /** Defaults to error, timeout, 502, 503 and 504. */
  on?: RetryCondition[];
  /** Most tries of one request, the first included; 1 switches retries off. Defaults to 3. */
  tries?: number;
  /** Whether a request that changes something, like a POST, is repeated although it was sent. Defaults to false. */
  repeatWrites?: boolean;
  /** Whether it is where it has a header `Idempotency-Key`, by which the application knows it again. Defaults to false. */
  repeatKeyed?: boolean;
}

/** Connections to replicas that are kept open. */
export interface KeepaliveArgs {
  /** Most idle connections of one Nginx worker. Defaults to 32. */
  connections?: number;
  /** Most requests over one connection. Defaults to 1000. */
  requests?: number;
  /** Seconds an idle connection stays, below the time after which the application closes one. Defaults to 1.5. */
  idleSeconds?: number;
}

/** Failed requests that take a replica out for a while. */
export interface FailuresArgs {
  /** Failures within `seconds`. Defaults to 3. */
  count?: number;
  /** Seconds in which they count, and for which the replica is out. Defaults to 10. */
  seconds?: number;
}

/** Has the balancer ask each replica by itself; what fails gets no request until it is healthy. */
export interface ActiveHealthArgs {
  /** Defaults to true, and to false where the health check is a command. */
  enabled?: boolean;
  /** Seconds between two questions. Defaults to 10. */
  intervalSeconds?: number;
  /** Seconds one answer may take, less than the interval. Defaults to 3, or half the interval if that is less. */
  timeoutSeconds?: number;
  /** Failures in a row that take a replica out. Defaults to 3. */
  strikes?: number;
}

/** Keeps a client with its replica by a cookie. */
export interface StickyArgs {
  /** Name of the cookie. Defaults to `replica`. */
  cookie?: string;
  /** Seconds a browser keeps it. Defaults to until it is closed. */
  seconds?: number;
  /** Whether it is sent over TLS alone. Defaults to true where the balancer redirects to TLS. */
  secure?: boolean;
  /** Defaults to lax. */
  sameSite?: SameSite;
}

/** Who of a pool's replicas gets a request, how long the balancer waits, and when it asks another. */
export interface BalancingArgs {
  /** How the balancer chooses a replica. Defaults to least connections. */
  method?: Method;
  /** Text that the method hash goes by, with Nginx's variables, like `$cookie_user`. */
  hashKey?: string;
  /** Keeps a client with its replica. Needs Nginx 1.30. */
  sticky?: StickyArgs;
  /** Share of each replica in the requests, by number: `[3, 1]` gives the first three times as many. Further ones have 1. */
  weights?: number[];
  /** Number of replicas, the last ones, that are used only while none of the others can be. Defaults to 0. */
  spares?: number;
  /** Most connections to one replica at a time. Defaults to any number. */
  maxConnections?: number;
  /** Connections to replicas that are kept open. */
  keepalive?: KeepaliveArgs;
  /** Failed requests that take a replica out for a while. */
  failures?: FailuresArgs;
  /** Which failures have a request given to another replica. */
  retries?: RetriesArgs;
  /** Has the balancer ask each replica by itself. */
  activeHealth?: ActiveHealthArgs;
  /**
   * Seconds that requests wait while no replica can take them, as during the start of an only one. Defaults to 5, and to 0 where
   * `activeHealth` is switched off or `maxConnections` is set.
   */
  holdSeconds?: number;
  /** How long the balancer waits. */
  timeouts?: TimeoutArgs;
}
