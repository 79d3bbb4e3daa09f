import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { asRecord, type Problem } from "../../arguments/problems";
import { byName, custom, phrase, type Rule } from "../../arguments/schema-parts";
import { secret, secretInput } from "../../arguments/secrecy";
import type { StoreConnection } from "../../datastore-types";
import { forgetOrigin } from "../../resources/outputs";

/** Texts by the name of a variable, which nobody may see. */
export const variables = secret(byName(secretInput("be a text"), "be an object of texts by name"));

/** Connections of datastores by the variable that gets the address. */
export const stores = byName(
  custom<pulumi.Input<StoreConnection>>(
    (value) => pulumi.Output.isInstance(value) || value instanceof Promise || asRecord(value) !== undefined,
    phrase("be the connection of a datastore"),
  ),
  "be an object of connections by variable",
);

type Variables = z.output<typeof variables>;
type Stores = z.output<typeof stores>;

/** The rules about names of variables. */
export const variableRules: Rule<{ env: Variables; secrets: Variables }>[] = [
  { needs: ["env."], find: ({ env }) => checkNames("env", env) },
  { needs: ["secrets."], find: ({ secrets }) => checkNames("secrets", secrets) },
  {
    needs: ["env.", "secrets."],
    find: ({ env, secrets }) =>
      Object.keys(secrets)
        .filter((name) => Object.hasOwn(env, name))
        .map((name) => ({
          path: ["secrets", name],
          value: secrets[name],
          rule: "be in env or in secrets, not in both",
          remedy: "Keep it in secrets if nobody may read it.",
        })),
  },
];

/** Whether an environment takes a name. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

function checkNames(field: string, variables: Variables): Problem[] {
  return Object.entries(variables).flatMap(([name, value]): Problem[] => {
    const found = { path: [field, name], value };
    if (name === "INSTANCE_ID")
      return [{ ...found, rule: "be left to Flotilla, which sets it", remedy: "Remove it." }];
    if (isVariableName(name)) return [];
    const rule = "have a name of letters, digits and underscores that does not start with a digit";
    return [{ ...found, rule }];
  });
}

/** The variables of a replica. */
export function renderVariables(
  { env, secrets, stores }: { env: Variables; secrets: Variables; stores: Stores },
  title: string,
): pulumi.Input<string>[] {
  return [
    `INSTANCE_ID=${title}`,
    ...Object.entries(env).map(([key, value]) => pulumi.interpolate`${key}=${value}`),
    ...Object.entries(stores).map(([key, store]) =>
      pulumi.secret(pulumi.interpolate`${key}=${forgetOrigin(pulumi.output(store)).apply(({ url }) => url)}`),
    ),
    ...Object.entries(secrets).map(([key, value]) => pulumi.secret(pulumi.interpolate`${key}=${value}`)),
  ];
}

/** Names of the networks on which a pool's datastores are. */
export function listStoreNetworks(stores: Stores): pulumi.Output<string>[] {
  return Object.values(stores).map((store) =>
    forgetOrigin(pulumi.output(store)).apply(({ network }) => network),
  );
}

/** The resources behind connections to datastores, which are started before and removed after their users. */
export function listStoreOrigins(stores: Stores): pulumi.Input<pulumi.Resource>[] {
  return Object.values(stores).map((store) =>
    pulumi.output(store).apply(() => []),
  ) as unknown as pulumi.Output<pulumi.Resource>[];
}
