import type { AccessArgs } from "../../components/types";
import type { Scope } from "../nginx/scope";
import { nameDirective, type Reading, type RouteDraft, use } from "./routing";

/** Directives that keep requests out, for which a route has no setting. */
const guards: Record<string, string> = {
  auth_basic:
    "there is no password at the balancer. Ask for one in the application, or let in by address: access.allow",
  auth_request: "no other service is asked whether a request may come in. Let the application ask",
  auth_jwt: "tokens are checked by the application",
  secure_link: "links are checked by the application",
  internal: "a path for the server itself is none of the balancer's",
};

/** Who may ask: what was closed stays closed. */
export function settleGuards(route: RouteDraft, scope: Scope, reading: Reading): void {
  const { context, main } = reading;
  const { report } = context;
  const isRedirect = route.redirect !== undefined;
  for (const [name, why] of Object.entries(guards)) {
    const found = use(reading, scope, name);
    use(reading, scope, `${name}_user_file`);
    if (found === undefined || found.args[0] === "off") continue;
    if (!isRedirect) route.access = { allow: ["127.0.0.1"] };
    const closed = isRedirect ? "" : ". Until then the route is closed, by its access";
    report.leave(found.place, nameDirective(found), `${why}${closed}.`);
    return;
  }
  const own = readAccess(scope, reading);
  const base = readAccess(main, reading);
  // Nginx answers with a redirect before it looks at who asks.
  if (!isRedirect && own !== undefined && JSON.stringify(own) !== JSON.stringify(base)) route.access = own;
}

/** The addresses that `allow` and `deny` let in. */
export function readAccess(scope: Scope, reading: Reading): AccessArgs | undefined {
  for (let each: Scope | undefined = scope; each !== undefined; each = each.parent) {
    const rules = each.directives.filter(({ name }) => name === "allow" || name === "deny");
    if (rules.length === 0) continue;
    for (const rule of rules) reading.read.add(rule);
    const addresses = (name: string): string[] =>
      rules
        .filter((rule) => rule.name === name)
        .map(({ args }) => args[0] ?? "")
        .filter((address) => address !== "all" && address !== "unix:");
    const [allow, deny] = [addresses("allow"), addresses("deny")];
    const isClosed = rules.some(({ name, args }) => name === "deny" && args[0] === "all");
    if (allow.length === 0 && deny.length === 0) return undefined;
    return {
      ...(allow.length > 0 && isClosed ? { allow } : {}),
      ...(deny.length > 0 ? { deny } : {}),
    };
  }
  return undefined;
}
