import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/**
 * An error that ends the deployment with its message alone. Pulumi writes each error out first, with the promise that failed and
 * all resources that wait for it: in a large program that takes half a minute, and nobody sees it.
 */
export function createRunError(message: string): pulumi.RunError {
  return Object.assign(new pulumi.RunError(message), { [inspect.custom]: () => message });
}
