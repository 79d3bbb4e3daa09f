import { z } from "zod";
import type { LoadBalancedServiceArgs } from "../types";
import { balancer } from "./balancer/schema";
import { findBalancerProblems } from "./balancer/rules";
import { findCertificateProblems } from "./options/tls/rules";
import { pool } from "./pool-schema";
import type { Problem } from "../arguments/problems";
import { route } from "./options/route/schema";
import { findRouteProblems } from "./options/route/rules";
import { byName, closed, type Fields, phrase, toProblems } from "../arguments/schema-parts";
import { registry } from "../arguments/registry";
import { hideSecrets } from "../arguments/secrecy";
import { findRuleProblems } from "./rules";

export { describeProblem, describeProblems, type Problem } from "../arguments/problems";

/** Finds everything that is wrong with the arguments of a `LoadBalancedService`, in one go. */
export function serviceProblems(args: unknown): Problem[] {
  const shape = serviceSchema.safeParse(args, { reportInput: true });
  return hideSecrets(serviceSchema, [
    ...(shape.error?.issues ?? []).flatMap(toProblems),
    ...findRuleProblems(args),
    ...findRouteProblems(args),
    ...findBalancerProblems(args),
    ...findCertificateProblems(args),
  ]);
}

/** What describes a service. */
export const serviceSchema = closed(
  {
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
    registry: registry.optional(),
  } satisfies Fields<LoadBalancedServiceArgs>,
  "be an object that describes the service",
);
