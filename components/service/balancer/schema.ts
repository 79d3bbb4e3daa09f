import { isIP } from "node:net";
import { z } from "zod";
import { renderPage } from "../../../nginx/failures";
import { isOlder } from "../../../nginx/version";
import {
  type AccessLogArgs,
  type BalancerArgs,
  type CompressionArgs,
  LogFormat,
  type StatusArgs,
} from "../../types";
import { logs } from "../../arguments/logs";
import {
  check,
  closed,
  choice,
  type Fields,
  flag,
  image,
  line,
  phrase,
  port,
  resources,
  text,
  whole,
} from "../../arguments/schema-parts";
import { access, networks } from "../options/access";
import { answerHeaders } from "../options/answer-headers";
import { cors } from "../options/cors";
import { maintenance } from "../options/maintenance";
import { connections, rate } from "../options/rate";
import { reservationRules } from "../options/resources";
import { bodyLimit, directives } from "../options/route/schema";
import { tls } from "../options/tls/schema";
import { trustedProxies } from "../options/trusted-proxies";
import { balancerSecurity } from "./security";
import { findVersion, oldestVersion, parseVersion } from "./nginx-version";

const shareRule = "be a number above 0, up to 1, in steps of 0.0001";
const accessLog = closed(
  {
    format: choice(LogFormat, "be a format of the access log").default(LogFormat.Json),
    sample: check(
      z.number(phrase(shareRule)),
      (value) => value >= 0.0001 && value <= 1,
      phrase(shareRule),
    ).default(1),
  } satisfies Fields<AccessLogArgs>,
  "be an object with format, sample or both",
);

const compression = closed(
  { gzip: flag().default(true), brotli: flag().default(false) } satisfies Fields<CompressionArgs>,
  "be an object with gzip, brotli or both",
);

// Where a client may come from to see how the replicas are: from networks that are nobody else's.
const privateNetworks = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7"];

const status = closed(
  {
    allow: networks.default(privateNetworks),
    health: z
      .array(
        text("be a path of letters, digits and ./_-", /^\/[A-Za-z0-9._/-]*$/),
        phrase("be a list of paths; [] has none"),
      )
      .default(["/healthz"]),
    purgeAllow: networks.default([]),
    metrics: flag().default(true),
    prometheus: text("be host and port", /^[\w.-]+:\d+$/, "Write it like prometheus:9090.").optional(),
  } satisfies Fields<StatusArgs>,
  "be an object with allow, purgeAllow, metrics or prometheus",
);

/** Each has a port for Prometheus in their network, one after the other. */
const mostBalancers = 8;

/** The Nginx in front. */
export const balancer = closed(
  {
    image: image.default("nginx:1.30.4"),
    version: text(
      "be a version of Nginx, like 1.30.4",
      (value) => parseVersion(value) !== undefined,
    ).optional(),
    name: line("be a name").optional(),
    replicas: whole(1, mostBalancers).optional(),
    port: port.default(8080),
    address: text("be an IPv4 or IPv6 address", (value) => isIP(value) !== 0).default("0.0.0.0"),
    tls: tls.optional(),
    access: access.optional(),
    trustedProxies: trustedProxies.optional(),
    rate: rate.optional(),
    connectionsPerAddress: connections.optional(),
    cors: cors.optional(),
    headers: answerHeaders.prefault({}),
    compression: compression.prefault({}),
    accessLog: accessLog.prefault({}),
    bodyLimitMiB: bodyLimit.default(10),
    maintenance: maintenance.optional(),
    retryAfterSeconds: whole(1, 86_400).default(5),
    unavailablePage: text("be the text of a page", /\S/).default(renderPage("not available just now")),
    status: status.prefault({}),
    limits: resources.optional(),
    reservations: resources.optional(),
    security: balancerSecurity.optional(),
    logs,
    httpDirectives: directives,
    serverDirectives: directives,
  } satisfies Fields<BalancerArgs>,
  "be an object that describes the balancer",
  undefined,
  [
    ...reservationRules,
    {
      needs: ["image", "version"],
      find: ({ image: reference, version }) => {
        if (!isOlder(findVersion({ image: reference, version }), oldestVersion)) return [];
        const [field, value] = version === undefined ? ["image", reference] : ["version", version];
        const remedy = "Older ones do not follow a replica's new address.";
        return [{ path: [field], value, rule: "be Nginx 1.28 or newer", remedy }];
      },
    },
    {
      needs: ["port", "tls.port"],
      find: ({ port: plain, tls: settings }) => {
        if (settings?.port !== plain) return [];
        const remedy = "Plain HTTP and TLS need a port each.";
        return [{ path: ["tls", "port"], value: plain, rule: "differ from balancer.port", remedy }];
      },
    },
  ],
);

/** The Nginx in front, with everything filled in. */
export type Balancer = z.output<typeof balancer>;
