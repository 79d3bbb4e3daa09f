import type { RateArgs } from "../../components/types";
import { readOptions, readSize, type Scope } from "../nginx/scope";
import { nameDirective, type Reading, type RouteDraft, use } from "./routing";

/** How much a route's clients may ask, where that is not what all may. */
export function settleLimits(route: RouteDraft, scope: Scope, reading: Reading): void {
  const differs = (own: unknown, base: unknown): boolean =>
    own !== undefined && JSON.stringify(own) !== JSON.stringify(base);
  const [own, base] = [readLimits(scope, reading), readLimits(reading.main, reading)];
  // Nginx answers with a redirect before it counts.
  if (route.redirect !== undefined) return;
  if (differs(own.rate, base.rate) && own.rate !== undefined) route.rate = own.rate;
  if (
    differs(own.connectionsPerAddress, base.connectionsPerAddress) &&
    own.connectionsPerAddress !== undefined
  )
    route.connectionsPerAddress = own.connectionsPerAddress;
  if (differs(own.bodyLimitMiB, base.bodyLimitMiB) && own.bodyLimitMiB !== undefined)
    route.bodyLimitMiB = own.bodyLimitMiB;
}

/** How much clients may ask, as a scope says. */
export function readLimits(
  scope: Scope,
  reading: Reading,
): { rate?: RateArgs; connectionsPerAddress?: number; bodyLimitMiB?: number } {
  const rate = readRate(scope, reading);
  const [connections] = useLast(scope, "limit_conn", reading);
  const zone = findZone(connections?.args[0] ?? "", "limit_conn_zone", reading);
  const count = zone?.isOfAddress === true ? Number(connections?.args[1]) : Number.NaN;
  const body = readSize(use(reading, scope, "client_max_body_size")?.args[0]);
  return {
    ...(rate === undefined ? {} : { rate }),
    ...(Number.isInteger(count) && count > 0 ? { connectionsPerAddress: count } : {}),
    ...(body === undefined ? {} : { bodyLimitMiB: Math.ceil(body) }),
  };
}

/** The directives of a name that count, the last one first, which are then read. */
function useLast(scope: Scope, name: string, reading: Reading) {
  use(reading, scope, name);
  return scope.all(name).toReversed();
}

function findZone(
  name: string,
  directive: string,
  { front, context, read }: Reading,
): { rate: string; isOfAddress: boolean } | undefined {
  const zone = front.http
    .own(directive)
    .find(({ args }) =>
      new RegExp(`^zone=${name.replaceAll(/\W/g, "\\$&")}(?::|$)`).test(
        args.find((arg) => arg.startsWith("zone=")) ?? "",
      ),
    );
  if (zone === undefined) return undefined;
  read.add(zone);
  const [key = ""] = zone.args;
  const isOfAddress = /^\$(?:binary_)?remote_addr$/.test(key);
  if (!isOfAddress)
    context.report.leave(
      zone.place,
      nameDirective(zone),
      `requests are counted by the client's address alone, not by ${key}. Set rate, or count in the application.`,
    );
  return { rate: readOptions(zone.args).get("rate") ?? "", isOfAddress };
}

function readRate(scope: Scope, reading: Reading): RateArgs | undefined {
  const rules = useLast(scope, "limit_req", reading);
  const rates = rules.flatMap((rule) => {
    const options = readOptions(rule.args);
    const zone = findZone(options.get("zone") ?? "", "limit_req_zone", reading);
    const [, count, unit] = /^(\d+)r\/([sm])$/.exec(zone?.rate ?? "") ?? [];
    if (count === undefined || zone?.isOfAddress !== true) return [];
    const perSecond = Math.max(0.02, Math.round((Number(count) / (unit === "m" ? 60 : 1)) * 100) / 100);
    return [{ rule, rate: { perSecond, burst: Number(options.get("burst") ?? 0) } }];
  });
  const [strictest, ...others] = rates.sort((one, other) => one.rate.perSecond - other.rate.perSecond);
  for (const { rule } of others)
    reading.context.report.leave(
      rule.place,
      nameDirective(rule),
      "a route has one rate, and this is the wider one. Nothing to do where the narrower one is enough.",
    );
  return strictest?.rate;
}
