import { createHash } from "node:crypto";
import { posix } from "node:path";
import type {
  Access,
  Cache,
  Cors,
  Maintenance,
  Rate,
  RedirectTarget,
  Route,
} from "../../../../nginx/route-model";
import {
  type AccessArgs,
  type CacheArgs,
  type CorsArgs,
  type MaintenanceArgs,
  Match,
  Protocol,
  type RateArgs,
  type RouteArgs,
} from "../../../types";

/** Where the files of a project's folder are within the balancer's configuration. */
export function staticFolder(folder: string): string {
  // Named by the folder and not by the route's place: Nginx's old workers must not find another route's files.
  const name = posix.normalize(folder).replace(/\/$/, "");
  return `static/${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

/** A route as Nginx is told of it. */
export function describeRoute(args: RouteArgs): Route {
  const { path = "/", match = Match.Prefix, host } = args;
  return {
    path,
    match,
    ...(host === undefined ? {} : { host }),
    target: describeTarget(args),
    ...(args.rewrite === undefined ? {} : { rewrite: args.rewrite }),
    ...(args.rate === undefined ? {} : { rate: describeRate(args.rate) }),
    ...(args.connectionsPerAddress === undefined
      ? {}
      : { connectionsPerAddress: args.connectionsPerAddress }),
    ...(args.access === undefined ? {} : { access: describeAccess(args.access) }),
    ...(args.cors === undefined ? {} : { cors: describeCors(args.cors) }),
    ...(args.cache === undefined ? {} : { cache: describeCache(args.cache, args) }),
    ...describeMaintenance(args.maintenance),
    ...(args.bodyLimitMiB === undefined ? {} : { bodyLimitMiB: args.bodyLimitMiB }),
    streamsUploads: args.streamsUploads ?? false,
    ...(args.stream === undefined ? {} : { streamSeconds: args.stream.silentSeconds ?? 3600 }),
    headers: args.headers ?? {},
    directives: args.directives ?? [],
  };
}

function describeTarget(args: RouteArgs): Route["target"] {
  if (args.redirect !== undefined) {
    const { to, status = 302 } = args.redirect;
    return { kind: "redirect", to, status: status as RedirectTarget["status"] };
  }
  if (args.static !== undefined) {
    const { folder, seconds = 3600, immutable = false, fallback } = args.static;
    return {
      kind: "static",
      folder: `/etc/flotilla/live/${staticFolder(folder)}`,
      seconds,
      immutable,
      ...(fallback === undefined ? {} : { fallback }),
    };
  }
  return { kind: "upstream", upstream: args.pool ?? "", protocol: args.protocol ?? Protocol.Http };
}

/** Requests per second of one client address. */
export function describeRate({ perSecond, burst }: RateArgs): Rate {
  return { perSecond, burst: burst ?? Math.ceil(perSecond * 2) };
}

/** Which client addresses may ask. */
export function describeAccess({ allow = [], deny = [] }: AccessArgs): Access {
  return { allow, deny };
}

/** Which other sites' pages may ask. */
export function describeCors(args: CorsArgs): Cors {
  return {
    origins: args.origins,
    methods: args.methods ?? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    headers: args.headers ?? ["Content-Type", "Authorization", "X-Request-ID"],
    exposed: args.exposed ?? ["X-Request-ID"],
    credentials: args.credentials ?? false,
    maxAgeSeconds: args.maxAgeSeconds ?? 3600,
  };
}

/** Whether everything is answered with 503. */
export function describeMaintenance(args: MaintenanceArgs | undefined): { maintenance?: Maintenance } {
  if (args === undefined || args.enabled === false) return {};
  return { maintenance: { allow: args.allow ?? [], retryAfterSeconds: args.retryAfterSeconds ?? 60 } };
}

function describeCache(args: CacheArgs, { host = "", match = Match.Prefix, path = "/" }: RouteArgs): Cache {
  // Named by the route and not by its place: kept answers must not become another route's when the list changes.
  const zone = createHash("sha256").update([host, match, path].join(" ")).digest("hex").slice(0, 8);
  return {
    zone: `cache_${zone}`,
    seconds: args.seconds ?? 3600,
    staleSeconds: args.staleSeconds ?? 60,
    key: args.key ?? "$host$request_uri",
    bypass: args.bypass ?? [],
    authenticated: args.authenticated ?? false,
    lock: args.lock ?? true,
    ...(args.browserSeconds === undefined ? {} : { browserSeconds: args.browserSeconds }),
    immutable: args.immutable ?? false,
    maxMiB: args.maxMiB ?? 256,
  };
}
