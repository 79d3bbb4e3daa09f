import * as pulumi from "@pulumi/pulumi";
import { createSecret } from "./resources/commands";
import { parseArguments } from "./arguments/parse";
import { fromJson } from "../deploy/json";
import { secretSchema } from "./secret/schema";
import type { SecretArgs } from "./secret-types";

/** Something that is generated once, encrypted in the state and never printed, and that can be changed without a break. */
export class Secret extends pulumi.ComponentResource {
  /** The secret to use. */
  public readonly value: pulumi.Output<string>;
  /** The one before it, to be accepted for a while; the same as `value` until there is one. */
  public readonly previous: pulumi.Output<string>;

  constructor(name: string, args: SecretArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { version, value } = parseArguments(`Secret "${name}"`, secretSchema, args);
    super("flotilla:index:Secret", name, {}, opts);

    const made = createSecret(`${name}-secret`, {
      script: "secret",
      create: "makeSecret",
      environment: {
        FLOTILLA_VERSION: String(version),
        ...(value === undefined ? {} : { FLOTILLA_SECRET: pulumi.secret(value) }),
      },
      parent: this,
    }).apply(fromJson);
    this.value = made.apply(({ current }) => current);
    this.previous = made.apply(({ current, previous }) => previous ?? current);
    this.registerOutputs({ value: this.value, previous: this.previous });
  }
}
