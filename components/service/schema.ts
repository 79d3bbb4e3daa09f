import { z } from "zod";
import { formatVersion, findVersion, stickySince } from "./balancer/nginx-version";
import { balancer } from "./balancer/schema";
import { isOlder } from "../../nginx/version";
import type { Problem } from "../arguments/problems";
import { registry } from "../arguments/registry";
import {
  byName,
  closed,
  type Fields,
  phrase,
  type Rule,
  shortName,
  shortNameRule,
} from "../arguments/schema-parts";
import type { LoadBalancedServiceArgs } from "../types";
import { engine, swarmRules } from "./ground/schema";
import { acmeTitle, listAcmeHosts } from "./options/acme/hosts";
import { countedRule } from "./options/canary/schema";
import { leadTo, route } from "./options/route/schema";
import { startRules } from "./pool/order";
import { roomRule } from "./pool/replicas";
import { pool } from "./pool/schema";
import { listPublicNames, routingRules } from "./routing";

const fields = {
  pools: byName(
    pool,
    "be an object of pools by name",
    "Describe at least one pool with an image and a port.",
  ),
  routes: z
    .array(route, phrase("be a list of routes"))
    .min(1, phrase("hold at least one route", "Remove it to send everything to the only public pool."))
    .optional(),
  balancer: balancer.optional(),
  registry: registry.prefault({}),
  engine: engine.prefault({}),
} satisfies Fields<LoadBalancedServiceArgs>;

const rules: Rule<z.output<z.ZodObject<typeof fields>>>[] = [
  { needs: ["pools."], find: ({ pools }) => checkNames(Object.keys(pools)) },
  ...startRules,
  roomRule,
  countedRule,
  ...routingRules,
  ...swarmRules,
  {
    needs: ["balancer.tls.acme.hosts", "routes.*.host"],
    find: ({ balancer: settings, routes = [] }) => {
      const acme = settings?.tls?.acme;
      if (acme === undefined || listAcmeHosts(acme, routes).length > 0) return [];
      const remedy = "Set it to the names by which clients reach the balancer.";
      const rule = "be set where no route names a host";
      return [{ path: ["balancer", "tls", "acme", "hosts"], value: undefined, rule, remedy }];
    },
  },
  {
    needs: ["balancer.tls.acme", "pools.*.mounts"],
    find: ({ balancer: settings, pools }) => {
      if (settings?.tls?.acme === undefined) return [];
      const rule = `have a name other than ${acmeTitle} where balancer.tls.acme is set`;
      const found = { value: acmeTitle, rule, remedy: "What asks for the certificate has that name." };
      return Object.entries(pools).flatMap(([name, { mounts = [] }]): Problem[] => [
        ...(name === acmeTitle ? [{ path: ["pools", name], ...found }] : []),
        ...mounts.flatMap(({ shared }, index) =>
          shared === acmeTitle ? [{ path: ["pools", name, "mounts", index, "shared"], ...found }] : [],
        ),
      ]);
    },
  },
  {
    needs: ["balancer.image", "balancer.version", "pools.*.balancing.sticky"],
    find: ({ pools, balancer: settings = balancer.parse({}) }) => {
      const found = findVersion(settings);
      if (!isOlder(found, stickySince)) return [];
      return Object.entries(pools)
        .filter(([, { balancing }]) => balancing?.sticky !== undefined)
        .map(([name]) => ({
          path: ["pools", name, "balancing", "sticky"],
          value: `Nginx ${formatVersion(found)}`,
          rule: "be left out below Nginx 1.29.6",
          remedy: "Use a newer Nginx, or the method ip_hash or hash.",
        }));
    },
  },
];

/** Pools of replicas behind an Nginx, and of workers. */
export const serviceSchema = closed(
  fields,
  "be an object that describes the service",
  undefined,
  rules,
).transform(({ routes, balancer: settings, ...rest }) => ({
  ...rest,
  balancer: settings ?? balancer.parse({}),
  routes: routes ?? listPublicNames(rest.pools).map(leadTo),
}));

/** The same with everything filled in. */
export type Service = z.output<typeof serviceSchema>;

export { acme } from "./options/acme/schema";
export { mostReplicas } from "./pool/replicas";

const reservedNames = ["balancer", "localhost", "public"];

function checkNames(names: string[]): Problem[] {
  return names.flatMap((name): Problem[] => {
    const found = { path: ["pools", name], value: name };
    if (!shortName.test(name)) {
      return [{ ...found, rule: `have ${shortNameRule}`, remedy: "The name becomes a host name." }];
    }
    if (!reservedNames.includes(name)) return [];
    return [{ ...found, rule: `have a name other than ${reservedNames.join(", ")}` }];
  });
}
