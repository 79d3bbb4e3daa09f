import type * as pulumi from "@pulumi/pulumi";
import type { AcmeArgs } from "./acme-types";
import type { AccessArgs, CorsArgs, MaintenanceArgs, RateArgs } from "./route-types";
import type { BalancerSecurityArgs, LogArgs, ResourcesArgs } from "./container-types";

/** Whom the header `X-Served-By` names. */
export enum ServedBy {
  /** The replica that answered: pool and number. */
  Replica = "replica",
  /** The balancer, by its own name. */
  Balancer = "balancer",
  /** Nobody; the application's own header passes. */
  Nobody = "nobody",
}

/** Format of the access log. */
export enum LogFormat {
  Json = "json",
  /** The format that most log tools know. */
  Combined = "combined",
  Off = "off",
}

/** Oldest version of TLS. */
export enum TlsVersion {
  Tls12 = "1.2",
  Tls13 = "1.3",
}

/** A certificate with its key. */
export interface CertificateArgs {
  /** Text of the certificate and of those that vouch for it, in PEM. */
  certificate: pulumi.Input<string>;
  /** Text of the key, in PEM; encrypted in the state. */
  key: pulumi.Input<string>;
  /** Hosts it is for, `*.example.com` too. Defaults to all that no other certificate names. */
  hosts?: string[];
}

/** Has browsers use nothing but TLS from then on. */
export interface HstsArgs {
  /** Seconds a browser remembers it; 0 has it forget. Defaults to a year, 31536000. */
  maxAgeSeconds?: number;
  /** Whether it holds for all subdomains. Defaults to false. */
  includeSubdomains?: boolean;
  /** Whether browsers may list the host as one of TLS alone. Defaults to false. */
  preload?: boolean;
}

/** Certificates that clients show. */
export interface ClientCertificatesArgs {
  /** Text of the certificate of the authority that signs them, in PEM. */
  authority: pulumi.Input<string>;
  /** Whether a client without one is refused; otherwise the application is told. Defaults to true. */
  required?: boolean;
}

/** Answers over TLS. */
export interface TlsArgs {
  /** Port published for TLS. Defaults to 8443. */
  port?: number;
  /** Certificates. Defaults to one that Flotilla makes and that no browser trusts: for development. */
  certificates?: CertificateArgs[];
  /** A certificate from an authority such as Let's Encrypt, beside those of `certificates`. Defaults to none. */
  acme?: AcmeArgs;
  /** Whether plain HTTP is sent to TLS. Defaults to true. */
  redirect?: boolean;
  /** Whether HTTP/2 is spoken. Defaults to true. */
  http2?: boolean;
  /** Oldest version of TLS. Defaults to 1.2. */
  minimumVersion?: TlsVersion;
  /** Has browsers use nothing but TLS. Defaults to no. */
  hsts?: HstsArgs;
  /** Certificates that clients show. Defaults to none. */
  clients?: ClientCertificatesArgs;
}

/** Proxies in front of the balancer that say who the client is. */
export interface TrustedProxiesArgs {
  /** Their addresses and networks; `cloudflare` and `fastly` stand for theirs. */
  addresses: string[];
  /** Header that names the client, or `proxy_protocol`. Defaults to `X-Forwarded-For`. */
  header?: string;
}

/** Headers of every answer. */
export interface HeadersArgs {
  /** `Content-Security-Policy`. Defaults to none. */
  contentSecurityPolicy?: string;
  /** `X-Frame-Options`; empty for none. Defaults to `SAMEORIGIN`. */
  frameOptions?: string;
  /** `Referrer-Policy`; empty for none. Defaults to `strict-origin-when-cross-origin`. */
  referrerPolicy?: string;
  /** `Permissions-Policy`. Defaults to none. */
  permissionsPolicy?: string;
  /** Whether browsers take the content type as it is said: `X-Content-Type-Options`. Defaults to true. */
  noSniff?: boolean;
  /** Whom `X-Served-By` names. Defaults to the replica. */
  servedBy?: ServedBy;
  /** Whether `X-Instance-ID` names the replica where the application does not. Defaults to true. */
  instance?: boolean;
  /** Whether `X-Upstream-Server` gives the replica's address. Defaults to false. */
  upstreamServer?: boolean;
  /** Whether each request has an `X-Request-ID`, its own or a new one. Defaults to true. */
  requestId?: boolean;
}

/** The access log: a line for each request. */
export interface AccessLogArgs {
  /** Defaults to JSON. */
  format?: LogFormat;
  /** Share of the requests that is written, above 0 to 1; failures always are. Defaults to 1. */
  sample?: number;
}

/** How answers are made smaller. */
export interface CompressionArgs {
  /** Defaults to true. */
  gzip?: boolean;
  /** Needs an image with the Brotli module. Defaults to false. */
  brotli?: boolean;
}

/** Who sees how the replicas are, and who may have kept answers forgotten. */
export interface StatusArgs {
  /** Addresses and networks that may see `/lb/status` and `/nginx-status`. Defaults to private networks. */
  allow?: string[];
  /** Paths that say whether every pool can answer: 200, or 503 with the names of those that cannot. Defaults to `/healthz`. */
  health?: string[];
  /** Addresses and networks that may have kept answers forgotten by `POST /lb/purge`. Defaults to nobody. */
  purgeAllow?: string[];
  /** Whether requests are counted for Prometheus. Defaults to true. */
  metrics?: boolean;
  /** Host and port of a Prometheus on the service's networks; `/lb/alerts` shows its alerts to its users. Defaults to none. */
  prometheus?: string;
}

/** The Nginx in front of the public pools. */
export interface BalancerArgs {
  /** Nginx image, 1.28 or newer. Defaults to `nginx:1.30.4`. */
  image?: string;
  /** Version of Nginx in the image. Defaults to what the image's tag says, or else 1.30.4. */
  version?: string;
  /** The balancer's own name. Defaults to the service's. */
  name?: string;
  /**
   * Number of balancers that share a front, each in a container of its own, and of each internal pool's own: another image, limit
   * or log setting loses no request then, and one that dies costs what it was asked just then. Defaults to one without a front.
   */
  replicas?: number;
  /** Port published on the engine's host. Defaults to 8080. */
  port?: number;
  /** Address of the host to publish on. Defaults to all: `0.0.0.0`. */
  address?: string;
  /** Answers over TLS. Defaults to plain HTTP alone. */
  tls?: TlsArgs;
  /** Which client addresses may ask. */
  access?: AccessArgs;
  /** Proxies in front of the balancer. */
  trustedProxies?: TrustedProxiesArgs;
  /** Requests of one client address. Defaults to any number. */
  rate?: RateArgs;
  /** Most connections of one client address. Defaults to any number. */
  connectionsPerAddress?: number;
  /** Which other sites' pages may ask. Defaults to what the application says. */
  cors?: CorsArgs;
  /** Headers of every answer. */
  headers?: HeadersArgs;
  /** How answers are made smaller. */
  compression?: CompressionArgs;
  /** The access log: a line for each request. */
  accessLog?: AccessLogArgs;
  /** Most MiB of a request's body; 0 for any size. Defaults to 10. */
  bodyLimitMiB?: number;
  /** Answers everything with 503. */
  maintenance?: MaintenanceArgs;
  /** Seconds after which a client is asked to come back when no replica can answer. Defaults to 5. */
  retryAfterSeconds?: number;
  /** HTML for when no replica can answer, and for maintenance. Defaults to a plain page. */
  unavailablePage?: string;
  /** Who sees how the replicas are. */
  status?: StatusArgs;
  /** The most the balancer may use, and each internal pool's own. Defaults to no limit. */
  limits?: ResourcesArgs;
  /** The share meant for the balancer, and each internal pool's own, when the host is busy. */
  reservations?: ResourcesArgs;
  /**
   * The rights of its container, and of each internal pool's own. One that an earlier version made keeps those that it has until
   * it is made anew, or until this is set. Defaults to what Nginx needs.
   */
  security?: BalancerSecurityArgs;
  /** How much log is kept. */
  logs?: LogArgs;
  /** Nginx directives of your own, added to the `http` block. */
  httpDirectives?: string[];
  /** Nginx directives of your own, added to the `server` block. */
  serverDirectives?: string[];
}
