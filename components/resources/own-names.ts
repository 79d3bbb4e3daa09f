import * as pulumi from "@pulumi/pulumi";

/** This stack, as the label of all that it made names it. */
export function nameStack(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}

/** A name that no other stack gives, and that this one gives again when it was removed in between. */
export function ownName(...parts: string[]): string {
  return [pulumi.getProject(), pulumi.getStack(), ...parts].join("-");
}
