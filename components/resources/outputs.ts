import * as pulumi from "@pulumi/pulumi";

/** An output with what Pulumi's type declarations leave out. */
export type OpenOutput<T> = pulumi.Output<T> & {
  isKnown: Promise<boolean>;
  isSecret: Promise<boolean>;
  promise(withUnknowns?: boolean): Promise<T>;
};

type OutputConstructor = new <T>(
  resources: Set<pulumi.Resource>,
  value: Promise<T>,
  isKnown: Promise<boolean>,
  isSecret: Promise<boolean>,
  allResources: Promise<Set<pulumi.Resource>>,
) => pulumi.Output<T>;

/**
 * The same value, of which Pulumi does not know what it was made from. Where something is deleted before it is replaced, Pulumi
 * also deletes first what is made from it and cannot be updated: a datastore's new container would cost its pools theirs.
 */
export function forgetOrigin<T>(output: pulumi.Output<T>): pulumi.Output<T> {
  const open = output as OpenOutput<T>;
  const constructor = pulumi.Output as unknown as OutputConstructor;
  return new constructor(
    new Set(),
    open.promise(true),
    open.isKnown,
    open.isSecret,
    Promise.resolve(new Set()),
  );
}
