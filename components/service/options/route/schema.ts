import { z } from "zod";
import type { Route as NginxRoute } from "../../../../nginx/route-model";
import type { Problem } from "../../../arguments/problems";
import {
  byName,
  choice,
  closed,
  exactlyOne,
  type Fields,
  flag,
  headerText,
  hostName,
  line,
  phrase,
  text,
  whole,
} from "../../../arguments/schema-parts";
import {
  Match,
  Protocol,
  type RedirectArgs,
  type RewriteArgs,
  type RouteArgs,
  type StreamArgs,
} from "../../../types";
import { access } from "../access";
import { cache, resolveCache } from "../cache";
import { cors } from "../cors";
import { maintenance } from "../maintenance";
import { connections, rate } from "../rate";
import { nameStaticFolder, staticFiles } from "../static-files";

const redirect = closed(
  {
    to: headerText(line("be a path or an address to go to")),
    status: z.literal([301, 302, 303, 307, 308], phrase("be 301, 302, 303, 307 or 308")).default(302),
  } satisfies Fields<RedirectArgs>,
  "be an object with to",
);

const rewrite = closed(
  {
    pattern: line("be a regular expression for the path"),
    to: line("be a path, with $1 for the first group"),
  } satisfies Fields<RewriteArgs>,
  "be an object with pattern and to",
);

const stream = closed(
  { silentSeconds: whole(1, 86_400).default(3600) } satisfies Fields<StreamArgs>,
  "be an object; {} has defaults for all",
);

/** Directives of the user's own. */
export const directives = z
  .array(
    text("be one directive on one line", /^[^\r\n]*\S[^\r\n]*$/, "Make each directive an item of the list."),
    phrase("be a list of Nginx directives"),
  )
  .default([]);

const headers = byName(headerText(line("be a text on one line")), "be an object of texts by header");

/** Most MiB of a request's body. */
export const bodyLimit = whole(0, 1_048_576, "0 is any size.");

const fields = {
  path: text("be a path, or a regular expression, without spaces and quotes", /^[^\s"'`]+$/).default("/"),
  match: choice(Match, "be a way to compare paths").default(Match.Prefix),
  host: text("be a host name without port or wildcard", hostName).optional(),
  pool: z.string(phrase("name a pool")).optional(),
  redirect: redirect.optional(),
  static: staticFiles.optional(),
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
  headers: headers.default({}),
  directives,
} satisfies Fields<RouteArgs>;

type RouteFields = z.output<z.ZodObject<typeof fields>>;

/** Which requests are treated how. */
export const route = closed(fields, "be an object with a pool, a redirect or a static folder", undefined, [
  exactlyOne(
    ["pool", "redirect", "static"],
    "Name the pool that answers, or say where clients are sent, or which folder has the files.",
  ),
  { needs: ["path", "match"], find: checkPath },
  { needs: ["path", "match"], find: checkStaticPath },
  { needs: [], find: findWithoutEffect },
]).transform(resolveRoute);

/** Which requests are treated how, with everything filled in. */
export type Route = z.output<typeof route>;

/** The route by which everything goes to a pool. */
export function leadTo(pool: string): Route {
  return route.parse({ pool });
}

/** A route as Nginx is told of it, with what the service has to know besides. */
function resolveRoute(settings: RouteFields): NginxRoute & {
  /** Name of the pool that answers. */
  pool?: string | undefined;
  /** Folder of the project whose files are served. */
  folder?: string | undefined;
} {
  const { path, match, host, pool } = settings;
  return {
    ...{ path, match, host, pool },
    folder: settings.static?.folder,
    target: resolveTarget(settings),
    rewrite: settings.rewrite,
    rate: settings.rate,
    connectionsPerAddress: settings.connectionsPerAddress,
    access: settings.access,
    cors: settings.cors,
    cache: settings.cache === undefined ? undefined : resolveCache(settings.cache, settings),
    maintenance: settings.maintenance,
    bodyLimitMiB: settings.bodyLimitMiB,
    streamsUploads: settings.streamsUploads ?? false,
    silentSeconds: settings.stream?.silentSeconds,
    headers: settings.headers,
    directives: settings.directives,
  };
}

function resolveTarget({
  pool = "",
  protocol = Protocol.Http,
  ...settings
}: RouteFields): NginxRoute["target"] {
  if (settings.redirect !== undefined) return { kind: "redirect", ...settings.redirect };
  if (settings.static === undefined) return { kind: "upstream", upstream: pool, protocol };
  const { folder, keepSeconds, ...rest } = settings.static;
  return {
    kind: "static",
    folder: `/etc/flotilla/live/${nameStaticFolder(folder)}`,
    // Only what never changes under its name can be told from what took its place.
    keepSeconds: keepSeconds ?? (rest.immutable ? 86_400 : 0),
    ...rest,
  };
}

function checkPath({ path, match }: RouteFields): Problem[] {
  if (match === Match.Regex || /^\/[^\s"'`\\{};?#]*$/.test(path)) return [];
  const rule = "start with / and hold no spaces, quotes, backslashes or any of { } ; ? #";
  const remedy = /[\\^$|?+(]/.test(path) ? "For a regular expression, set match to regex." : undefined;
  return [{ path: ["path"], value: path, rule, ...(remedy === undefined ? {} : { remedy }) }];
}

function checkStaticPath({ path, match, ...settings }: RouteFields): Problem[] {
  if (settings.static === undefined || (match === Match.Prefix && path.endsWith("/"))) return [];
  const rule = "be the start of a path and end with / where static is set";
  return [
    { path: ["path"], value: path, rule, remedy: "What follows it is the path of a file in the folder." },
  ];
}

const withoutPool = ["protocol", "rewrite", "cache", "streamsUploads", "stream"] as const;
const withoutRedirect = [...withoutPool, "access", "rate", "connectionsPerAddress"] as const;
const withoutGrpc = ["cache", "streamsUploads", "stream"] as const;

/** Finds settings that have no effect beside others. */
function findWithoutEffect(settings: RouteFields): Problem[] {
  const refuse = (names: readonly (keyof RouteFields)[], beside: string): Problem[] =>
    names
      .filter((name) => settings[name] !== undefined)
      .map((name) => ({
        path: [name],
        value: settings[name],
        rule: `be left out beside ${beside}`,
        remedy: "Remove it.",
      }));
  return [
    ...(settings.redirect === undefined ? [] : refuse(withoutRedirect, "redirect")),
    ...(settings.static === undefined ? [] : refuse(withoutPool, "static")),
    ...(settings.protocol === Protocol.Grpc ? refuse(withoutGrpc, "protocol grpc") : []),
    ...(settings.stream === undefined ? [] : refuse(["cache"], "stream")),
  ];
}
