import type * as pulumi from "@pulumi/pulumi";

/** How to sign in to a registry. */
export interface CredentialsArgs {
  /** Host, and port, of the registry. */
  address: string;
  /** Name to sign in with. */
  username: string;
  /** Password or token. */
  password: pulumi.Input<string>;
}

/** Where images come from. */
export interface RegistryArgs {
  /** Registry, and path in it, that stands in for Docker Hub: `mirror.example.com/hub`. */
  mirror?: string;
  /** Whether a tag that moved in its registry is a new version. Defaults to true. */
  followTags?: boolean;
  /** How to sign in to private registries. */
  credentials?: CredentialsArgs[];
}
