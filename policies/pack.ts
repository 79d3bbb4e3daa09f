import { type Policies, type ResourceValidationPolicy, Secret } from "@pulumi/policy";
import { checkReplicas, leastReplicas, type Rule, rules } from "./rules";

// Secrets are told apart where a resource may be changed, which comes before it is checked.
const withSecretEnvironment = new Set<string>();

function makePolicy({ name, description, check }: Rule): ResourceValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    validateResource: ({ type, name: resource, props, urn }, report) => {
      const hasSecretEnvironment = withSecretEnvironment.has(urn);
      for (const problem of check({ type, name: resource, props, hasSecretEnvironment })) report(problem);
    },
  };
}

/** The rules that a stack has to keep to: for a pack of your own, beside policies of your own. */
export const policies: Policies = [
  {
    name: "secrets-are-known",
    description: "Finds out which environments are encrypted; changes nothing.",
    enforcementLevel: "remediate",
    remediateResource: ({ props, urn }) => {
      if (Object.getOwnPropertyDescriptor(props, "envs")?.value instanceof Secret)
        withSecretEnvironment.add(urn);
      return undefined;
    },
  },
  ...rules.map(makePolicy),
  {
    name: "replicas-in-production",
    description: `In a stack whose name ends with prod, every pool has ${leastReplicas} replicas or more.`,
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      for (const problem of checkReplicas(resources)) report(problem);
    },
  },
];
