import { type CacheArgs, type CorsArgs, type HeadersArgs, ServedBy } from "../../components/types";
import { readOptions, readSize, readTime, type Scope } from "../nginx/scope";
import { hasOwnVariable, nameDirective, type Reading, type RouteDraft, use } from "./routing";

/** Settles the headers of a route's answers, and which of these are kept. */
export function settleAnswers(route: RouteDraft, scope: Scope, reading: Reading): void {
  const headers = readHeaders(scope, reading);
  if (route.static === undefined && route.redirect === undefined) {
    const expires = use(reading, scope, "expires");
    const seconds = readTime(expires?.args.at(-1));
    const isOff = ["-1", "epoch"].includes(expires?.args[0] ?? "");
    if (seconds !== undefined && route.pool !== undefined && scope.one("proxy_cache") === undefined)
      headers["Cache-Control"] ??= `max-age=${seconds}`;
    if (isOff) headers["Cache-Control"] ??= "no-cache";
  }
  if (route.static !== undefined) {
    const [, age] = /max-age=(\d+)/.exec(headers["Cache-Control"] ?? "") ?? [];
    if (age !== undefined) route.static.seconds = Math.min(31_536_000, Number(age));
    if (headers["Cache-Control"]?.includes("immutable") === true && route.static.fallback === undefined)
      route.static.immutable = true;
    delete headers["Cache-Control"];
  }
  const cors = readCors(scope, reading);
  if (cors !== undefined && JSON.stringify(cors) !== JSON.stringify(readCors(reading.main, reading)))
    route.cors = cors;
  if (Object.keys(headers).length > 0) route.headers = headers;
  if (route.pool !== undefined && route.stream === undefined) settleCache(route, scope, reading);
}

const settingsOfHeaders: Record<
  string,
  "frameOptions" | "referrerPolicy" | "contentSecurityPolicy" | "permissionsPolicy"
> = {
  "x-frame-options": "frameOptions",
  "referrer-policy": "referrerPolicy",
  "content-security-policy": "contentSecurityPolicy",
  "permissions-policy": "permissionsPolicy",
};
/** Headers that the balancer sends by itself, or that no browser heeds any more. */
const ownHeaders =
  /^(?:x-content-type-options|x-frame-options|referrer-policy|content-security-policy|permissions-policy|strict-transport-security|x-served-by|x-request-id|x-upstream-\w+|x-backend-server|x-cache(?:-status)?|access-control-.*|vary)$/i;

function readHeaders(scope: Scope, reading: Reading): Record<string, string> {
  const { report } = reading.context;
  use(reading, scope, "add_header");
  const headers: Record<string, string> = {};
  for (const directive of scope.all("add_header")) {
    const [name = "", value = ""] = directive.args;
    if (ownHeaders.test(name)) {
      if (!report.mentionsAt(directive.place, name))
        report.change(
          directive.place,
          `add_header ${name}`,
          "is a header of the balancer's own (balancer.headers, cors), or one that browsers no longer heed.",
        );
      continue;
    }
    if (
      hasOwnVariable(value, reading) ||
      /\$\{?(?:uri|document_uri|request_filename)(?!\w)/.test(value) ||
      value === ""
    )
      report.leave(
        directive.place,
        nameDirective(directive),
        "the value cannot be a header's here. Let the application send it.",
      );
    else headers[name] = value;
  }
  return headers;
}

/** The balancer's own headers of every answer, as some scopes say. */
export function readAnswerHeaders(scopes: Scope[], reading: Reading): HeadersArgs {
  const { report } = reading.context;
  const found: HeadersArgs = {};
  for (const scope of scopes)
    for (const directive of scope.own("add_header")) {
      reading.read.add(directive);
      const [name = "", value = ""] = directive.args;
      const setting = settingsOfHeaders[name.toLowerCase()];
      if (setting !== undefined && found[setting] === undefined && !value.includes("$")) {
        found[setting] = value;
        report.take(directive.place, `add_header ${name}`, `balancer.headers.${setting}`);
      }
      if (/^x-served-by$/i.test(name) && value === "$hostname") found.servedBy = ServedBy.Balancer;
      if (/^x-upstream-(?:server|addr)$/i.test(name)) found.upstreamServer = true;
    }
  // Flotilla's own values need not be said.
  if (found.frameOptions === "SAMEORIGIN") delete found.frameOptions;
  if (found.referrerPolicy === "strict-origin-when-cross-origin") delete found.referrerPolicy;
  return found;
}

/** Which other sites' pages may ask, as `add_header` says it. */
export function readCors(scope: Scope, reading: Reading): CorsArgs | undefined {
  const inner = scope
    .blocks("if")
    .filter(
      ({ head }) =>
        head?.args.join(" ").includes("$request_method") === true && head.args.join(" ").includes("OPTIONS"),
    );
  const all = [...scope.all("add_header"), ...inner.flatMap((each) => each.own("add_header"))];
  for (const each of inner) {
    if (each.head !== undefined) reading.read.add(each.head);
    for (const directive of each.directives) reading.read.add(directive);
  }
  const value = (name: string): string | undefined =>
    all.find(({ args }) => args[0]?.toLowerCase() === `access-control-${name}`)?.args[1];
  const origin = all.find(({ args }) => args[0]?.toLowerCase() === "access-control-allow-origin");
  if (origin?.args[1] === undefined) return undefined;
  const origins = origin.args[1].includes("$") ? findOrigins(origin.args[1], reading) : [origin.args[1]];
  if (origins.length === 0) {
    reading.context.report.leave(
      origin.place,
      nameDirective(origin),
      "which sites may ask cannot be read from it. List them in cors.origins.",
    );
    return undefined;
  }
  const list = (name: string): string[] | undefined => {
    const items = value(name)
      ?.split(/\s*,\s*/)
      .filter((item) => item !== "" && item !== "*");
    return items === undefined || items.length === 0 ? undefined : items;
  };
  const methods = list("allow-methods")?.filter((method) => method !== "OPTIONS");
  const [headers, exposed] = [list("allow-headers"), list("expose-headers")];
  const age = Number(value("max-age") ?? Number.NaN);
  const credentials = value("allow-credentials") === "true" && !origins.includes("*");
  return {
    origins,
    ...(methods === undefined || methods.length === 0 ? {} : { methods }),
    ...(headers === undefined ? {} : { headers }),
    ...(exposed === undefined ? {} : { exposed }),
    ...(credentials ? { credentials } : {}),
    ...(Number.isInteger(age) ? { maxAgeSeconds: age } : {}),
  };
}

/** Origins that a map lists one by one. */
function findOrigins(variable: string, { front, read }: Reading): string[] {
  const map = front.http.own("map").find(({ args }) => args[0] === "$http_origin" && args[1] === variable);
  if (map === undefined) return [];
  const names = (map.block ?? []).map(({ name }) => name).filter((name) => name !== "default");
  const plain = names.flatMap((name) => {
    if (/^https?:\/\//.test(name)) return [name];
    // `~^https://(www\.)?example\.com$` has no counterpart, `~^https://.*\.example\.com$` has one.
    const [, scheme, rest] =
      /^~\*?\^(https?):\/\/(?:\.\*|\[\^\/?\.?\]\+|\\w\+|\(\.\+\)|\.\+)\\\.((?:[\w-]|\\\.)+)\$$/.exec(name) ??
      [];
    return scheme === undefined || rest === undefined ? [] : [`${scheme}://*.${rest.replaceAll("\\.", ".")}`];
  });
  if (plain.length < names.length) return [];
  read.add(map);
  for (const each of map.block ?? []) read.add(each);
  return plain;
}

/** The common part of all caches of routes. */
const ownOfCaches = [
  "proxy_cache_use_stale",
  "proxy_cache_lock",
  "proxy_cache_background_update",
  "proxy_no_cache",
];

function settleCache(route: RouteDraft, scope: Scope, reading: Reading): void {
  const kept = use(reading, scope, "proxy_cache");
  use(reading, scope, "proxy_cache_valid");
  for (const name of ownOfCaches) {
    const directive = use(reading, scope, name);
    if (directive !== undefined)
      reading.context.report.change(
        directive.place,
        nameDirective(directive),
        "a cache of a route does it by itself: an answer is asked for once, old ones serve while a newer one is fetched or no replica answers, and what bypasses it is not kept.",
      );
  }
  const key = use(reading, scope, "proxy_cache_key")?.args.join("");
  const bypass = use(reading, scope, "proxy_cache_bypass")?.args.filter(
    (arg) => /^\$\w+$/.test(arg) && !hasOwnVariable(arg, reading),
  );
  if (kept === undefined || kept.args[0] === "off" || route.protocol !== undefined) return;
  const valid = scope
    .all("proxy_cache_valid")
    .map(({ args }) => ({ codes: args.slice(0, -1), seconds: readTime(args.at(-1)) }));
  const seconds = valid.find(
    ({ codes }) => codes.length === 0 || codes.includes("200") || codes.includes("any"),
  )?.seconds;
  const path = reading.front.http
    .own("proxy_cache_path")
    .find(({ args }) => args.some((arg) => arg.startsWith(`keys_zone=${kept.args[0] ?? ""}:`)));
  if (path !== undefined) reading.read.add(path);
  const most = readSize(readOptions(path?.args ?? []).get("max_size"));
  const expires = readTime(scope.one("expires")?.args.at(-1));
  const cache: CacheArgs = {
    ...(seconds === undefined || seconds < 1 ? {} : { seconds: Math.min(31_536_000, seconds) }),
    ...(key === undefined || hasOwnVariable(key, reading)
      ? {}
      : { key: key.replace("$scheme", "").replace("$request_method", "").replace("$proxy_host", "$host") }),
    ...(bypass === undefined || bypass.length === 0 ? {} : { bypass }),
    ...(most === undefined ? {} : { maxMiB: Math.max(1, Math.round(most)) }),
    ...(expires === undefined ? {} : { browserSeconds: Math.min(31_536_000, expires) }),
  };
  if (cache.key !== undefined && !/\$\w/.test(cache.key)) delete cache.key;
  route.cache = cache;
  reading.context.report.change(
    kept.place,
    nameDirective(kept),
    "answers to requests with cookies or Authorization are not kept unless cache.authenticated is true.",
  );
}
