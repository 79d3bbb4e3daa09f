import { type BalancingArgs, RetryCondition } from "../../components/types";
import { readTime, type Scope } from "../nginx/scope";
import { hasOwnVariable, nameDirective, type Reading, type RouteDraft, use } from "./routing";

/** How a route's requests go to replicas, and how long is waited for them: what is of the pool is put there. */
export function settleProxying(route: RouteDraft, scope: Scope, reading: Reading): void {
  const { context } = reading;
  if (route.pool === undefined) return;
  const upgrade = scope.all("proxy_set_header").find(({ args }) => args[0]?.toLowerCase() === "upgrade");
  const buffering = use(reading, scope, "proxy_buffering");
  const read = readTime(use(reading, scope, "proxy_read_timeout")?.args[0]);
  if (buffering?.args[0] === "off" && upgrade === undefined)
    route.stream =
      read === undefined ? {} : { silentSeconds: Math.max(1, Math.min(86_400, Math.round(read))) };
  if (use(reading, scope, "proxy_request_buffering")?.args[0] === "off") route.streamsUploads = true;
  const isLong = upgrade !== undefined || route.stream !== undefined;
  const timeouts = readTimeouts(scope, reading, isLong ? undefined : read);
  const retries = readRetries(scope, reading);
  const before = context.balancing.get(route.pool) ?? {};
  const wanted = widest(before.timeouts ?? {}, timeouts);
  const { retrySeconds = Number.POSITIVE_INFINITY, readSeconds = 0 } = wanted;
  if (retrySeconds <= readSeconds) {
    delete wanted.retrySeconds;
    tellShortRetries(retrySeconds, scope, reading);
  }
  const balancing: BalancingArgs = {
    ...before,
    ...(Object.keys(wanted).length === 0 ? {} : { timeouts: wanted }),
    ...(retries === undefined ? {} : { retries }),
  };
  if (Object.keys(balancing).length > 0) context.balancing.set(route.pool, balancing);
  readHeaders(route, scope, reading);
}

type Timeouts = NonNullable<BalancingArgs["timeouts"]>;

/** A pool waits for as long as the most patient of its routes. */
function widest(
  before: Timeouts,
  { connectSeconds, readSeconds, sendSeconds, retrySeconds }: Timeouts,
): Timeouts {
  const larger = (one: number | undefined, other: number | undefined): number | undefined =>
    one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
  const all = {
    connectSeconds: larger(before.connectSeconds, connectSeconds),
    readSeconds: larger(before.readSeconds, readSeconds),
    sendSeconds: larger(before.sendSeconds, sendSeconds),
    retrySeconds: larger(before.retrySeconds, retrySeconds),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function readTimeouts(scope: Scope, reading: Reading, read: number | undefined): Timeouts {
  const seconds = (name: string, most: number): number | undefined => {
    const value = readTime(use(reading, scope, name)?.args[0]);
    return value === undefined || value === 0 ? undefined : Math.max(1, Math.min(most, Math.round(value)));
  };
  const readSeconds = read === undefined ? undefined : Math.max(1, Math.min(57_000, Math.round(read)));
  const retry = seconds("proxy_next_upstream_timeout", 86_400);
  const connectSeconds = seconds("proxy_connect_timeout", 75);
  const sendSeconds = seconds("proxy_send_timeout", 86_400);
  return {
    ...(connectSeconds === undefined ? {} : { connectSeconds }),
    ...(readSeconds === undefined ? {} : { readSeconds }),
    ...(sendSeconds === undefined ? {} : { sendSeconds }),
    ...(retry === undefined ? {} : { retrySeconds: retry }),
  };
}

function tellShortRetries(seconds: number, scope: Scope, { context }: Reading): void {
  const directive = scope.one("proxy_next_upstream_timeout");
  if (directive === undefined) return;
  const why = `follows from the longest proxy_read_timeout of its pool: with ${seconds} s a request to a replica that hangs would never be tried again.`;
  context.report.change(directive.place, nameDirective(directive), why);
}

const conditions = new Map<string, RetryCondition>(
  Object.values(RetryCondition).map((condition) => [condition, condition]),
);

function readRetries(scope: Scope, reading: Reading): BalancingArgs["retries"] {
  const { report } = reading.context;
  const next = use(reading, scope, "proxy_next_upstream");
  const tries = Number(use(reading, scope, "proxy_next_upstream_tries")?.args[0] ?? Number.NaN);
  if (next === undefined && !(tries > 0)) return undefined;
  if (next?.args[0] === "off") return { tries: 1 };
  const words = next?.args ?? [];
  const on = words.flatMap((word) => conditions.get(word) ?? []);
  const others = words.filter((word) => !conditions.has(word) && word !== "non_idempotent");
  if (next !== undefined && others.length > 0)
    report.leave(
      next.place,
      nameDirective(next),
      `${others.join(", ")} is an answer of the application's, which passes as it is. Nothing to do.`,
    );
  return {
    ...(on.length === 0 ? {} : { on }),
    ...(tries > 0 ? { tries: Math.min(50, tries) } : {}),
    ...(words.includes("non_idempotent") ? { repeatWrites: true } : {}),
  };
}

/** Headers that the balancer sets by itself. */
const ownHeaders =
  /^(?:host|x-real-ip|x-forwarded-(?:for|proto|host|port|server)|x-request-id|upgrade|connection|x-forwarded-ssl|x-scheme|x-original-(?:host|uri)|accept-encoding)$/i;

function readHeaders(route: RouteDraft, scope: Scope, reading: Reading): void {
  use(reading, scope, "proxy_set_header");
  for (const directive of scope.all("proxy_set_header")) {
    const [name = "", value = ""] = directive.args;
    if (ownHeaders.test(name)) {
      reading.context.report.change(
        directive.place,
        `proxy_set_header ${name}`,
        "is set by the balancer itself, for every route.",
      );
      continue;
    }
    const isSecret = /authori[sz]ation|key|token|secret/i.test(name) && !value.includes("$");
    if (isSecret) {
      reading.context.report.leave(
        directive.place,
        `proxy_set_header ${name}`,
        "a secret has no place in the balancer's settings. Give it to the application, in secrets.",
      );
      continue;
    }
    if (hasOwnVariable(value, reading)) {
      reading.context.report.leave(
        directive.place,
        nameDirective(directive),
        "its variable is made by map or set, which are not taken over. Let the application work it out, or write both in httpDirectives and the route's directives.",
      );
      continue;
    }
    const quoted = value === "" ? '""' : `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
    route.directives = [...(route.directives ?? []), `proxy_set_header ${name} ${quoted}`];
  }
}
