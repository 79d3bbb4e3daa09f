import { isIP } from "node:net";
import { z } from "zod";
import {
  type AccessArgs,
  type CacheArgs,
  type CorsArgs,
  type MaintenanceArgs,
  Match,
  Protocol,
  type RateArgs,
  type RedirectArgs,
  type RewriteArgs,
  type RouteArgs,
  type StaticArgs,
  type StreamArgs,
} from "../../../types";
import {
  byName,
  check,
  choice,
  closed,
  type Fields,
  flag,
  headerText,
  hostName,
  line,
  listOf,
  phrase,
  text,
  whole,
} from "../../../arguments/schema-parts";

/** Whether a text is an address, or a network like 10.0.0.0/8. */
export function isNetwork(value: string): boolean {
  const [, address = "", , bits] = /^([^/]+)(\/(\d{1,3}))?$/.exec(value) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

const network = text("be an address or a network", isNetwork, "Write it like 10.1.2.3 or 10.0.0.0/8.");
/** Addresses and networks. */
export const networks = z
  .array(network, phrase("be a list of addresses and networks"))
  .min(1, phrase("hold one address or network at least"));
const nonEmptyNetworks = listOf(network, "be a list of addresses and networks, one at least");

/** Which client addresses may ask. */
export const access = closed(
  { allow: nonEmptyNetworks.optional(), deny: nonEmptyNetworks.optional() } satisfies Fields<AccessArgs>,
  "be an object with allow, deny or both",
);

const perSecondRule = "be a number of requests per second, from 0.02 to 1000000";
/** How many requests one client address may send. */
export const rate = closed(
  {
    perSecond: check(
      z.number(phrase(perSecondRule)),
      (value) => value <= 1_000_000 && Math.round(value * 60) >= 1,
      phrase(perSecondRule),
    ),
    burst: whole(0, 1_000_000).optional(),
  } satisfies Fields<RateArgs>,
  "be an object with perSecond, and burst if you like",
);

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const headerNames = z.array(text("be the name of a header", token), phrase("be a list of headers"));

/** Which other sites' pages may ask. */
export const cors = closed(
  {
    origins: listOf(
      text(
        "be * or an origin without path",
        /^(?:\*|[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?)$/,
        "Write it like https://www.example.com or https://*.example.com.",
      ),
      "be a list of origins",
    ),
    methods: listOf(text("be a method like GET", /^[A-Z]+$/), "be a list of methods").optional(),
    headers: headerNames.optional(),
    exposed: headerNames.optional(),
    credentials: flag().optional(),
    maxAgeSeconds: whole(0, 86_400).optional(),
  } satisfies Fields<CorsArgs>,
  "be an object with origins",
);

/** Answers everything with 503. */
export const maintenance = closed(
  {
    enabled: flag().optional(),
    allow: nonEmptyNetworks.optional(),
    retryAfterSeconds: whole(1, 86_400).optional(),
  } satisfies Fields<MaintenanceArgs>,
  "be an object; {} has defaults for all",
);

const variables = /^[^\s;{}"'\\]*\$\w[^\s;{}"'\\]*$/;
const cache = closed(
  {
    seconds: whole(1, 31_536_000).optional(),
    staleSeconds: whole(0, 31_536_000).optional(),
    key: text("hold Nginx variables and no spaces, like $host$request_uri", variables).optional(),
    bypass: z
      .array(
        text("be a variable of Nginx, like $http_x_no_cache", /^\$\w+$/),
        phrase("be a list of variables of Nginx"),
      )
      .optional(),
    authenticated: flag().optional(),
    lock: flag().optional(),
    browserSeconds: whole(0, 31_536_000).optional(),
    immutable: flag().optional(),
    maxMiB: whole(1, 1_048_576).optional(),
  } satisfies Fields<CacheArgs>,
  "be an object; {} has defaults for all",
);

const redirect = closed(
  {
    to: headerText(line("be a path or an address to go to")),
    status: check(
      z.number(phrase("be 301, 302, 303, 307 or 308")),
      (value) => [301, 302, 303, 307, 308].includes(value),
      phrase("be 301, 302, 303, 307 or 308"),
    ).optional(),
  } satisfies Fields<RedirectArgs>,
  "be an object with to",
);

const files = closed(
  {
    folder: text("be the path of a folder", /./s, "Set it relative to the project's folder, like ./public."),
    seconds: whole(0, 31_536_000).optional(),
    immutable: flag().optional(),
    fallback: text("be the path of a file in the folder", /^[\w.-]+(?:\/[\w.-]+)*$/).optional(),
  } satisfies Fields<StaticArgs>,
  "be an object with a folder",
);

const rewrite = closed(
  {
    pattern: line("be a regular expression for the path"),
    to: line("be a path, with $1 for the first group"),
  } satisfies Fields<RewriteArgs>,
  "be an object with pattern and to",
);

const stream = closed(
  { silentSeconds: whole(1, 86_400).optional() } satisfies Fields<StreamArgs>,
  "be an object; {} has defaults for all",
);

/** Directives of the user's own. */
export const directives = z
  .array(
    text("be one directive on one line", /^[^\r\n]*\S[^\r\n]*$/, "Make each directive an item of the list."),
    phrase("be a list of Nginx directives"),
  )
  .optional();

/** Headers of every answer, by name. */
const headers = byName(headerText(line("be a text on one line")), "be an object of texts by header");

/** Most MiB of a request's body. */
export const bodyLimit = whole(0, 1_048_576, "0 is any size.");

/** Most connections of one client address. */
export const connections = whole(1, 1_000_000);

/** Which requests are treated how. */
export const route = closed(
  {
    path: text("be a path, or a regular expression, without spaces and quotes", /^[^\s"'`]+$/).optional(),
    match: choice(Match, "be a way to compare paths").optional(),
    host: text("be a host name without port or wildcard", hostName).optional(),
    pool: z.string(phrase("name a pool")).optional(),
    redirect: redirect.optional(),
    static: files.optional(),
    protocol: choice(Protocol, "be what replicas speak").optional(),
    rewrite: rewrite.optional(),
    rate: rate.optional(),
    connectionsPerAddress: connections.optional(),
    access: access.optional(),
    cors: cors.optional(),
    cache: cache.optional(),
    maintenance: maintenance.optional(),
    bodyLimitMiB: bodyLimit.optional(),
    streamsUploads: flag().optional(),
    stream: stream.optional(),
    headers: headers.optional(),
    directives,
  } satisfies Fields<RouteArgs>,
  "be an object with a pool, a redirect or a static folder",
);
