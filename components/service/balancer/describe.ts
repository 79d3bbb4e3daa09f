import { renderPage } from "../../../nginx/failures";
import type { AnswerHeaders, Balancer } from "../../../nginx/model";
import { type HeadersArgs, LogFormat, ServedBy } from "../../types";
import {
  describeAccess,
  describeCors,
  describeMaintenance,
  describeRate,
  describeRoute,
} from "../options/route/describe";
import { describeTls } from "../options/tls/describe";
import { describeUpstream } from "../options/upstream";
import type { BalancerPlan } from "../plan";
import { defaultDrainSeconds } from "../pool";
import { balancerVersion } from "./nginx-version";

/** Where a client may come from to see how the replicas are: from networks that are nobody else's. */
const privateNetworks = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7"];

/** What Nginx is told, but for the members. `without` names switched-off mechanisms. */
export function describeBalancer(service: string, plan: BalancerPlan, without: string[]): Balancer {
  const { args, port, pools, routes, alias } = plan;
  const isPublic = alias === undefined;
  const surroundings = {
    tlsOnly: args.tls !== undefined && args.tls.redirect !== false,
    retries: !without.includes("retries"),
  };
  const { addresses, header = "X-Forwarded-For" } = args.trustedProxies ?? {};
  return {
    name: args.name ?? service,
    version: balancerVersion(args),
    port,
    ...(args.tls === undefined ? {} : { tls: describeTls(args.tls) }),
    shutdownSeconds: Math.max(...pools.map((pool) => pool.args.drainSeconds ?? defaultDrainSeconds)),
    upstreams: pools.map((pool) => describeUpstream(pool, surroundings)),
    routes: routes.map(describeRoute),
    ...(args.access === undefined ? {} : { access: describeAccess(args.access) }),
    ...(addresses === undefined ? {} : { trustedProxies: { addresses, header } }),
    ...(args.rate === undefined ? {} : { rate: describeRate(args.rate) }),
    ...(args.connectionsPerAddress === undefined
      ? {}
      : { connectionsPerAddress: args.connectionsPerAddress }),
    ...(args.cors === undefined ? {} : { cors: describeCors(args.cors) }),
    headers: isPublic ? describeHeaders(args.headers ?? {}) : innerHeaders,
    compression: {
      gzip: args.compression?.gzip ?? isPublic,
      brotli: args.compression?.brotli ?? false,
    },
    accessLog: {
      format: args.accessLog?.format ?? LogFormat.Json,
      sample: args.accessLog?.sample ?? 1,
    },
    bodyLimitMiB: args.bodyLimitMiB ?? (isPublic ? 10 : 0),
    ...describeMaintenance(args.maintenance),
    retryAfterSeconds: args.retryAfterSeconds ?? 5,
    ownHealth: isPublic ? (args.status?.health ?? ["/healthz"]) : [],
    statusAllow: args.status?.allow ?? privateNetworks,
    purgeAllow: args.status?.purgeAllow ?? [],
    metrics: args.status?.metrics ?? true,
    ...(isPublic && args.status?.prometheus !== undefined ? { prometheus: args.status.prometheus } : {}),
    unavailablePage: args.unavailablePage ?? renderPage("not available just now"),
    httpDirectives: args.httpDirectives ?? [],
    serverDirectives: args.serverDirectives ?? [],
  };
}

// Pools speak with each other: what browsers need would only be in their way.
const innerHeaders: AnswerHeaders = {
  security: {},
  servedBy: ServedBy.Nobody,
  instance: false,
  upstreamServer: false,
  requestId: true,
};

function describeHeaders(args: HeadersArgs): AnswerHeaders {
  const security = {
    "X-Content-Type-Options": args.noSniff === false ? "" : "nosniff",
    "X-Frame-Options": args.frameOptions ?? "SAMEORIGIN",
    "Referrer-Policy": args.referrerPolicy ?? "strict-origin-when-cross-origin",
    "Content-Security-Policy": args.contentSecurityPolicy ?? "",
    "Permissions-Policy": args.permissionsPolicy ?? "",
  };
  return {
    security: Object.fromEntries(Object.entries(security).filter(([, value]) => value !== "")),
    servedBy: args.servedBy ?? ServedBy.Replica,
    instance: args.instance ?? true,
    upstreamServer: args.upstreamServer ?? false,
    requestId: args.requestId ?? true,
  };
}
