import type { Tls } from "./tls-model";
import type { Access, Cors, Maintenance, Rate, Route } from "./route-model";
import type { NginxVersion } from "./version";

/** How a replica is chosen. */
export type MethodName = "least_conn" | "round-robin" | "ip_hash" | "hash" | "random";

/** A replica as the balancer sees it. */
export interface Member {
  /** Name of the container, which Docker's DNS resolves. */
  name: string;
  /** Port it listens on. */
  port: number;
  /** Pool and number; what users call it. */
  title: string;
  /** Share of the requests, in proportion to the others'. */
  weight: number;
  /** Most connections at a time; 0 for any number. */
  maxConnections: number;
  /** Whether it is used only while none of the others can be. */
  backup: boolean;
}

/** Keeps a client with its replica by a cookie. */
export interface Sticky {
  /** Name of the cookie. */
  cookie: string;
  /** Seconds the browser keeps it; 0 until it is closed. */
  seconds: number;
  /** Whether it is sent over TLS alone. */
  secure: boolean;
  /** Whether the browser sends it on requests that other sites cause. */
  sameSite: "lax" | "strict" | "none";
}

/** When a request is given to another replica. */
export interface Retries {
  /** Conditions of `proxy_next_upstream`. */
  on: string[];
  /** Most tries of one request; 1 switches retries off. */
  tries: number;
  /** Seconds all tries of one request may take together. */
  seconds: number;
  /** Whether a request that changes something is repeated although it was sent. */
  repeatWrites: boolean;
  /** Whether it is where it carries a key by which the application knows it again. */
  repeatKeyed: boolean;
}

/** How the balancer asks each replica by itself whether it is healthy. */
export interface ActiveHealth {
  /** Path that answers 2xx or 3xx when the replica is healthy. */
  path: string;
  /** Seconds between two questions. */
  intervalSeconds: number;
  /** Seconds one answer may take. */
  timeoutSeconds: number;
  /** Failures in a row that take a replica out. */
  strikes: number;
}

/** The question that shows whether a replica answers through the balancer. */
export interface Probe {
  path: string;
  protocol: "http" | "grpc";
  /** Seconds one answer may take. */
  seconds: number;
  /** Whether any answer of the application will do, because its health is not told by this path. */
  takesAnyAnswer: boolean;
}

/** Connections to replicas that are kept open. */
export interface Keepalive {
  /** Most idle connections of one worker. */
  connections: number;
  /** Most requests over one connection. */
  requests: number;
  /** Seconds an idle connection stays. */
  seconds: number;
}

/** A group of equal replicas. */
export interface Upstream {
  /** Name of the group. */
  name: string;
  /** Memory for what Nginx knows of its replicas; it leaves out those for which there is no room. */
  zoneMiB: number;
  /** How a replica is chosen. */
  method: MethodName;
  /** Key of the method `hash`. */
  hashKey?: string;
  /** Keeps a client with its replica. */
  sticky?: Sticky;
  /** Connections to replicas that are kept open. */
  keepalive: Keepalive;
  /** Whether no more than so many connections may go to one replica. */
  limitsConnections: boolean;
  /** Failures within `failSeconds` that take a replica out for as long. */
  maxFails: number;
  failSeconds: number;
  /** Port that each replica listens on. */
  port: number;
  /** How it is seen whether a replica answers through the balancer. */
  probe: Probe;
  /** Asks each replica by itself; absent when only requests show who is healthy. */
  health?: ActiveHealth;
  /** Seconds to open a connection. */
  connectSeconds: number;
  /** Seconds without a byte of the answer. */
  readSeconds: number;
  /** Seconds without taking a byte of the request. */
  sendSeconds: number;
  /** When a request is given to another replica. */
  retries: Retries;
  /** Seconds that requests wait for a replica while there is none; 0 answers at once. */
  holdSeconds: number;
}

/** Which proxies in front of the balancer are believed when they name the client. */
export interface TrustedProxies {
  addresses: string[];
  /** Header that names the client, or `proxy_protocol`. */
  header: string;
}

/** Headers of every answer. */
export interface AnswerHeaders {
  /** Security headers by name; an answer's own of the same name wins. */
  security: Record<string, string>;
  /** Who `X-Served-By` names. */
  servedBy: "replica" | "balancer" | "nobody";
  /** Whether `X-Instance-ID` names the replica where the application does not. */
  instance: boolean;
  /** Whether `X-Upstream-Server` gives the replica's address. */
  upstreamServer: boolean;
  /** Whether each request has an `X-Request-ID`. */
  requestId: boolean;
}

/** Log of the requests. */
export interface AccessLog {
  format: "json" | "combined" | "off";
  /** Share of the requests that is written, above 0 to 1; failures always are. */
  sample: number;
}

/** How answers are made smaller. */
export interface Compression {
  gzip: boolean;
  brotli: boolean;
}

/** Everything that Nginx is told, but for the members, which come and go. */
export interface Balancer {
  /** The balancer's own name. */
  name: string;
  /** Start of the names of its locations. Defaults to none. */
  prefix?: string;
  /** Version of Nginx, as three numbers. */
  version: NginxVersion;
  /** Port that Nginx listens on. */
  port: number;
  /** Whether others listen at the same ports, in containers that share one network. */
  sharesFront: boolean;
  /** Answers over TLS; absent for plain HTTP alone. */
  tls?: Tls;
  /** Seconds after a reload at which old workers cut what is still open: later than any replica of before can be there. */
  shutdownSeconds: number;
  /** The groups of replicas. */
  upstreams: Upstream[];
  /** Which requests go where. */
  routes: Route[];
  access?: Access;
  trustedProxies?: TrustedProxies;
  /** Whether those who ask are pools of the stack, which say themselves for whom they do. */
  believesClients: boolean;
  rate?: Rate;
  /** Most connections of one client address; absent for any number. */
  connectionsPerAddress?: number;
  cors?: Cors;
  headers: AnswerHeaders;
  compression: Compression;
  accessLog: AccessLog;
  /** Most MiB of a request's body; 0 for any size. */
  bodyLimitMiB: number;
  maintenance?: Maintenance;
  /** Seconds after which a client is asked to come back when no replica can answer. */
  retryAfterSeconds: number;
  /** Paths at which the balancer says whether every pool behind it can answer. */
  ownHealth: string[];
  /** Whether it says so at these paths when it is told to end, so that clients go elsewhere in time. */
  tellsEnd: boolean;
  /** Client addresses that may see the balancer's state. */
  statusAllow: string[];
  /** Client addresses that may have kept answers forgotten; when there are none, nobody may. */
  purgeAllow: string[];
  /** Whether requests are counted for Prometheus. */
  metrics: boolean;
  /** Host and port of the Prometheus whose alerts are shown; absent when none is known. */
  prometheus?: string;
  /** HTML for when no replica can answer, and for maintenance. */
  unavailablePage: string;
  /** Directives of the user's own for the `http` block. */
  httpDirectives: string[];
  /** Directives of the user's own for every `server` block. */
  serverDirectives: string[];
}
