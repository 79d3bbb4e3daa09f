import { isIP } from "node:net";
import { z } from "zod";
import {
  type AccessLogArgs,
  type BalancerArgs,
  type CertificateArgs,
  type ClientCertificatesArgs,
  type CompressionArgs,
  type HeadersArgs,
  type HstsArgs,
  LogFormat,
  ServedBy,
  type StatusArgs,
  type TlsArgs,
  TlsVersion,
  type TrustedProxiesArgs,
} from "../../types";
import { parseVersion } from "./nginx-version";
import {
  access,
  bodyLimit,
  connections,
  cors,
  directives,
  maintenance,
  networks,
  rate,
} from "../options/route/schema";
import {
  check,
  choice,
  closed,
  type Fields,
  flag,
  headerText,
  image,
  input,
  line,
  listOf,
  logs,
  phrase,
  port,
  resources,
  text,
  whole,
} from "../../arguments/schema-parts";
import { secretInput } from "../../arguments/secrecy";

const isPem = (value: string): boolean => value.includes("-----BEGIN ");
const certificateRule = "hold a certificate in PEM";
const certificateText = input(certificateRule, isPem).nonoptional(phrase(certificateRule));
const keyRule = "hold a key in PEM";

const certificate = closed(
  {
    certificate: certificateText,
    key: secretInput(keyRule, isPem).nonoptional(phrase(keyRule)),
    hosts: listOf(
      text(
        "be a host name, or one like *.example.com",
        /^(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
      ),
      "be a list of host names",
    ).optional(),
  } satisfies Fields<CertificateArgs>,
  "be an object with certificate and key",
);

const hsts = closed(
  {
    maxAgeSeconds: whole(0, 315_360_000).optional(),
    includeSubdomains: flag().optional(),
    preload: flag().optional(),
  } satisfies Fields<HstsArgs>,
  "be an object; {} has defaults for all",
);

const clients = closed(
  {
    authority: certificateText,
    required: flag().optional(),
  } satisfies Fields<ClientCertificatesArgs>,
  "be an object with an authority",
);

const tls = closed(
  {
    port: port.optional(),
    certificates: listOf(certificate, "be a list of certificates").optional(),
    redirect: flag().optional(),
    http2: flag().optional(),
    minimumVersion: choice(TlsVersion, "be a version of TLS").optional(),
    hsts: hsts.optional(),
    clients: clients.optional(),
  } satisfies Fields<TlsArgs>,
  "be an object; {} has defaults for all",
);

const trustedProxies = closed(
  {
    addresses: networks,
    header: text("be the name of a header, or proxy_protocol", /^[A-Za-z0-9_-]+$/).optional(),
  } satisfies Fields<TrustedProxiesArgs>,
  "be an object with addresses",
);

const headerValue = headerText(text("be a text on one line", /^[^\r\n\0]*$/));
const headers = closed(
  {
    contentSecurityPolicy: headerValue.optional(),
    frameOptions: headerValue.optional(),
    referrerPolicy: headerValue.optional(),
    permissionsPolicy: headerValue.optional(),
    noSniff: flag().optional(),
    servedBy: choice(ServedBy, "be whom X-Served-By names").optional(),
    instance: flag().optional(),
    upstreamServer: flag().optional(),
    requestId: flag().optional(),
  } satisfies Fields<HeadersArgs>,
  "be an object of headers",
);

const shareRule = "be a number above 0, up to 1, in steps of 0.0001";
const accessLog = closed(
  {
    format: choice(LogFormat, "be a format of the access log").optional(),
    sample: check(
      z.number(phrase(shareRule)),
      (value) => value >= 0.0001 && value <= 1,
      phrase(shareRule),
    ).optional(),
  } satisfies Fields<AccessLogArgs>,
  "be an object with format, sample or both",
);

const compression = closed(
  { gzip: flag().optional(), brotli: flag().optional() } satisfies Fields<CompressionArgs>,
  "be an object with gzip, brotli or both",
);

const status = closed(
  {
    allow: networks.optional(),
    health: listOf(
      text("be a path of letters, digits and ./_-", /^\/[A-Za-z0-9._/-]*$/),
      "be a list of paths; [] has none",
    ).optional(),
    purgeAllow: networks.optional(),
    metrics: flag().optional(),
    prometheus: text("be host and port", /^[\w.-]+:\d+$/, "Write it like prometheus:9090.").optional(),
  } satisfies Fields<StatusArgs>,
  "be an object with allow, purgeAllow, metrics or prometheus",
);

/** The Nginx in front. */
export const balancer = closed(
  {
    image: image.optional(),
    version: text(
      "be a version of Nginx, like 1.30.4",
      (value) => parseVersion(value) !== undefined,
    ).optional(),
    name: line("be a name").optional(),
    port: port.optional(),
    address: text("be an IPv4 or IPv6 address", (value) => isIP(value) !== 0).optional(),
    tls: tls.optional(),
    access: access.optional(),
    trustedProxies: trustedProxies.optional(),
    rate: rate.optional(),
    connectionsPerAddress: connections.optional(),
    cors: cors.optional(),
    headers: headers.optional(),
    compression: compression.optional(),
    accessLog: accessLog.optional(),
    bodyLimitMiB: bodyLimit.optional(),
    maintenance: maintenance.optional(),
    retryAfterSeconds: whole(1, 86_400).optional(),
    unavailablePage: text("be the text of a page", /\S/).optional(),
    status: status.optional(),
    limits: resources.optional(),
    reservations: resources.optional(),
    logs: logs.optional(),
    httpDirectives: directives,
    serverDirectives: directives,
  } satisfies Fields<BalancerArgs>,
  "be an object that describes the balancer",
);
