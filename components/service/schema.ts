import { z } from "zod";
import type { CredentialsArgs, LoadBalancedServiceArgs, RegistryArgs } from "../types";
import { balancer } from "./balancer/schema";
import { findBalancerProblems } from "./balancer/rules";
import { findCertificateProblems } from "./options/tls/rules";
import { pool } from "./pool-schema";
import type { Problem } from "../arguments/problems";
import { route } from "./options/route/schema";
import { findRouteProblems } from "./options/route/rules";
import { byName, closed, type Fields, flag, phrase, text, toProblems } from "../arguments/schema-parts";
import { hideSecrets, secretInput } from "../arguments/secrecy";
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

const pathComponent = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const registryHost = "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?";
const registryAddress = new RegExp(`^${registryHost}$`);
const registryPrefix = new RegExp(`^${registryHost}(?:/${pathComponent})*$`);

const passwordRule = "be a password or token";
const credentials = closed(
  {
    address: text(
      "be the host, and port, of a registry",
      registryAddress,
      "Write it without scheme and path.",
    ),
    username: text("be a name to sign in with", /\S/),
    password: secretInput(passwordRule, (value) => value !== "").nonoptional(phrase(passwordRule)),
  } satisfies Fields<CredentialsArgs>,
  "be an object with address, username and password",
);

const registry = closed(
  {
    mirror: text(
      "be a registry, and a path in it, without scheme and closing slash",
      registryPrefix,
      "Write it like mirror.example.com/hub.",
    ).optional(),
    followTags: flag().optional(),
    credentials: z.array(credentials, phrase("be a list of credentials")).optional(),
  } satisfies Fields<RegistryArgs>,
  "be an object that describes the registry",
);

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
