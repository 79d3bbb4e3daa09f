/** How a route's path is compared. */
export enum Match {
  /** With the start of the request's path; the longest wins. */
  Prefix = "prefix",
  /** With all of it; wins over every other. */
  Exact = "exact",
  /** As a regular expression; the first that fits wins over every prefix. */
  Regex = "regex",
}

/** Protocol of the replicas behind a route. */
export enum Protocol {
  Http = "http",
  Grpc = "grpc",
}

/** Sends clients elsewhere. */
export interface RedirectArgs {
  /** Where to: a path, or an address with scheme; `$request_uri`, `$1` and Nginx's other variables but `$uri` are filled in. */
  to: string;
  /** Status, 301, 302, 303, 307 or 308. Defaults to 302. */
  status?: number;
}

/** Files that Nginx serves by itself. */
export interface StaticArgs {
  /** Folder, relative to the project's folder. */
  folder: string;
  /** Seconds a browser keeps a file. Defaults to 3600. */
  seconds?: number;
  /** Whether a file never changes under its name, so that browsers never ask again. Defaults to false. */
  immutable?: boolean;
  /**
   * Seconds for which files are served that the folder has no more, for pages that were loaded before. Only with `immutable`.
   * Defaults to a day, 86400.
   */
  keepSeconds?: number;
  /** File of the folder that is served where there is none, like `index.html`. Defaults to 404. */
  fallback?: string;
}

/** Changes a path before a replica gets it. */
export interface RewriteArgs {
  /** Regular expression for the path. */
  pattern: string;
  /** The new path; `$1` is the first group. */
  to: string;
}

/** How many requests one client address may send. */
export interface RateArgs {
  /** Requests per second; 0.5 is one every two seconds. */
  perSecond: number;
  /** Requests above the rate that are let through before any is refused with 429. Defaults to twice `perSecond`. */
  burst?: number;
}

/** Which client addresses may ask; others get 403. */
export interface AccessArgs {
  /** Addresses and networks that may. Defaults to all. */
  allow?: string[];
  /** Addresses and networks that may not; they count before `allow`. Defaults to none. */
  deny?: string[];
}

/** Which other sites' pages may ask. */
export interface CorsArgs {
  /** Origins like `https://www.example.com` or `https://*.example.com`, or `*` for all. */
  origins: string[];
  /** Methods. Defaults to GET, HEAD, POST, PUT, PATCH and DELETE. */
  methods?: string[];
  /** Request headers that a page may set. Defaults to Content-Type, Authorization and X-Request-ID. */
  headers?: string[];
  /** Answer headers that a page may read. Defaults to X-Request-ID. */
  exposed?: string[];
  /** Whether cookies go along. Defaults to false. */
  credentials?: boolean;
  /** Seconds a browser remembers the permission. Defaults to 3600. */
  maxAgeSeconds?: number;
}

/** Answers that the balancer keeps, so that replicas are asked less. */
export interface CacheArgs {
  /** Seconds an answer is fresh when its `Cache-Control` does not say. Defaults to 3600. */
  seconds?: number;
  /** Seconds after that in which a kept answer is given at once while a new one is fetched. Defaults to 60. */
  staleSeconds?: number;
  /** Nginx variables that tell two answers apart. Defaults to `$host$request_uri`. */
  key?: string;
  /** Nginx variables that, when not empty, have a replica asked, like `$http_x_no_cache`. Defaults to none. */
  bypass?: string[];
  /** Whether answers to requests with cookies or credentials are kept too. Defaults to false. */
  authenticated?: boolean;
  /** Whether of several requests for the same thing only one goes to a replica. Defaults to true. */
  lock?: boolean;
  /** Seconds a browser keeps an answer. Defaults to what the application says. */
  browserSeconds?: number;
  /** Whether an answer never changes under its path; needs `browserSeconds`. Defaults to false. */
  immutable?: boolean;
  /** Most MiB kept. Defaults to 256. */
  maxMiB?: number;
}

/** Answers everything with 503. */
export interface MaintenanceArgs {
  /** Whether it is on. Defaults to true. */
  enabled?: boolean;
  /** Client addresses and networks that are served all the same. Defaults to none. */
  allow?: string[];
  /** Seconds after which clients are asked to come back. Defaults to 60. */
  retryAfterSeconds?: number;
  /** Text of the page that clients see. Defaults to the balancer's `unavailablePage`. */
  message?: string;
}

/** Answers that go on, like server-sent events. */
export interface StreamArgs {
  /** Seconds without a byte after which a stream is given up. Defaults to 3600. */
  silentSeconds?: number;
}

/** Which requests are treated how. Exactly one of `pool`, `redirect` and `static`. */
export interface RouteArgs {
  /** Start of the path. Defaults to `/`. */
  path?: string;
  /** How the path is compared. Defaults to prefix. */
  match?: Match;
  /** Host name, exactly. Defaults to every host that no other route names. */
  host?: string;
  /** Name of the pool that answers. */
  pool?: string;
  /** Sends clients elsewhere. */
  redirect?: RedirectArgs;
  /** Files that Nginx serves by itself. */
  static?: StaticArgs;
  /** Protocol of the pool's replicas. Defaults to HTTP. */
  protocol?: Protocol;
  /** Changes the path before a replica gets it. */
  rewrite?: RewriteArgs;
  /** Requests of one client address; stands in for the balancer's. */
  rate?: RateArgs;
  /** Most connections of one client address; stands in for the balancer's. */
  connectionsPerAddress?: number;
  /** Which client addresses may ask; stands in for the balancer's. */
  access?: AccessArgs;
  /** Which other sites' pages may ask; stands in for the balancer's. */
  cors?: CorsArgs;
  /** Answers that are kept. Defaults to none. */
  cache?: CacheArgs;
  /** Answers everything of this route with 503. */
  maintenance?: MaintenanceArgs;
  /** Most MiB of a request's body, 0 for any size; stands in for the balancer's. */
  bodyLimitMiB?: number;
  /** Whether a request's body goes to a replica while it comes in, instead of first being complete. Defaults to false. */
  streamsUploads?: boolean;
  /** Makes answers streams: nothing is held back, and silence is no failure. */
  stream?: StreamArgs;
  /** Headers of every answer, by name. */
  headers?: Record<string, string>;
  /** Nginx directives of your own, added to the `location` block. */
  directives?: string[];
}
