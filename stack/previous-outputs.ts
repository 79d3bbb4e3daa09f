import * as pulumi from "@pulumi/pulumi";

/** Outputs of this stack's last deployment, by name: the state that a program can read before it decides. */
export async function readPreviousOutputs<Name extends string>(
  names: Name[],
): Promise<Record<Name, unknown>> {
  const self = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const reference = new pulumi.StackReference(self);
  const values = await Promise.all(
    names.map(async (name) => [name, (await reference.getOutputDetails(name)).value as unknown] as const),
  );
  return Object.fromEntries(values) as Record<Name, unknown>;
}
