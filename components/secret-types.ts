import type * as pulumi from "@pulumi/pulumi";

/** Inputs of `Secret`. */
export interface SecretArgs {
  /** Number of the secret; a new one makes a new secret, and the one before stays known. Defaults to 1. */
  version?: number;
  /** A secret of your own, instead of a generated one. */
  value?: pulumi.Input<string>;
}
