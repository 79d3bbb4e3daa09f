/** Requests per second of one client address. */
export interface Rate {
  perSecond: number;
  /** Requests above the rate that are let through before any is refused. */
  burst: number;
}

/** Which client addresses may ask. */
export interface Access {
  /** Addresses and networks; when there are any, all others are refused. */
  allow: string[];
  /** Addresses and networks that are refused. */
  deny: string[];
}

/** Which other sites' pages may ask, and what. */
export interface Cors {
  /** Origins like `https://www.example.com`, or `*` for all. */
  origins: string[];
  methods: string[];
  /** Request headers that a page may set. */
  headers: string[];
  /** Answer headers that a page may read. */
  exposed: string[];
  /** Whether cookies go along. */
  credentials: boolean;
  /** Seconds a browser remembers the permission. */
  maxAgeSeconds: number;
}

/** Everything is answered with 503, but for some. */
export interface Maintenance {
  /** Client addresses that are served all the same. */
  allow: string[];
  retryAfterSeconds: number;
  /** Text that clients see; absent for that of what is not available. */
  message?: string;
}

/** Answers come from a replica. */
export interface UpstreamTarget {
  kind: "upstream";
  /** Name of the upstream. */
  upstream: string;
  protocol: "http" | "grpc";
}

/** Clients are sent elsewhere. */
export interface RedirectTarget {
  kind: "redirect";
  status: 301 | 302 | 303 | 307 | 308;
  /** Where to; Nginx's variables are filled in. */
  to: string;
}

/** Files that Nginx serves by itself. */
export interface StaticTarget {
  kind: "static";
  /** Absolute path of the folder in the balancer's container. */
  folder: string;
  /** Seconds a browser keeps a file. */
  seconds: number;
  /** Whether a file never changes under its name. */
  immutable: boolean;
  /** Seconds for which files that the folder has no more are served. */
  keepSeconds: number;
  /** File that is served where there is none, relative to the folder; absent for 404. */
  fallback?: string;
}

/** Answers that are kept. */
export interface Cache {
  /** Name of the zone, which is the folder's name too. */
  zone: string;
  /** Seconds an answer is fresh when it does not say so itself. */
  seconds: number;
  /** Seconds an answer may be used after that while a new one is fetched, or when none can be. */
  staleSeconds: number;
  /** Tells two answers apart, with Nginx's variables. */
  key: string;
  /** Variables that, when not empty, have the replica asked. */
  bypass: string[];
  /** Whether answers to requests with credentials or cookies are kept too. */
  authenticated: boolean;
  /** Whether of several requests for the same only one asks a replica. */
  lock: boolean;
  /** Seconds a browser keeps an answer; absent to leave it to the application. */
  browserSeconds?: number;
  /** Whether an answer never changes under its path. */
  immutable: boolean;
  /** Most MiB on disk. */
  maxMiB: number;
}

/** A path as the application gets it. */
export interface Rewrite {
  /** Regular expression for the path. */
  pattern: string;
  /** The new path. */
  to: string;
}

/** Which requests are treated how. */
export interface Route {
  path: string;
  /** Whether `path` is the start of a path, all of it, or a regular expression. */
  match: "prefix" | "exact" | "regex";
  /** Host name; absent for every host that no other route names. */
  host?: string;
  target: UpstreamTarget | RedirectTarget | StaticTarget;
  rewrite?: Rewrite;
  rate?: Rate;
  connectionsPerAddress?: number;
  access?: Access;
  cors?: Cors;
  cache?: Cache;
  maintenance?: Maintenance;
  /** Most MiB of a request's body; 0 for any size, absent for the balancer's. */
  bodyLimitMiB?: number;
  /** Whether a request's body goes to the replica while it comes in. */
  streamsUploads: boolean;
  /** Seconds that a stream may be silent; absent when answers are no streams. */
  silentSeconds?: number;
  /** Headers of the answer, by name. */
  headers: Record<string, string>;
  /** Directives of the user's own. */
  directives: string[];
}
