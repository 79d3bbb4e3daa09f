import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig, type PreviousOutputs } from "../../config";

/** Reads YAML with the parser that Pulumi brings. */
export function readYaml(text: string): unknown {
  const require = createRequire(createRequire(__filename).resolve("@pulumi/pulumi"));
  return (require("js-yaml") as { load: (text: string) => unknown }).load(text);
}

/** Has Pulumi run a program of a stack, without any provider. */
export async function useStack(stack = "dev", project = "flotilla"): Promise<void> {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    project,
    stack,
  );
}

/** Gives the stack these settings, and encrypted ones; further names are of settings that are encrypted too. */
export function configure(
  settings: Record<string, unknown>,
  secrets: Record<string, string> = {},
  encrypted: string[] = [],
): void {
  const toKey = (name: string): string => (name.includes(":") ? name : `flotilla:${name}`);
  const texts = Object.entries({ ...settings, ...secrets })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [toKey(name), typeof value === "string" ? value : JSON.stringify(value)]);
  // Settings of others are beside them.
  const config = { ...(Object.fromEntries(texts) as Record<string, string>), "docker:host": "x" };
  pulumi.runtime.setAllConfig(config, [...Object.keys(secrets), ...encrypted].map(toKey));
}

/** What is wrong with the stack's settings. */
export function readError(previous?: PreviousOutputs): string {
  try {
    loadConfig(previous);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return error.message;
    throw error;
  }
  return "no error";
}

/** The value of an output, and whether it is secret. */
export async function revealOutput(given: unknown): Promise<{ value: unknown; isSecret: boolean }> {
  const output = pulumi.output(given);
  const isSecret = await pulumi.isSecret(output);
  return new Promise((resolve) => {
    pulumi.unsecret(output).apply((value) => {
      resolve({ value, isSecret });
    });
  });
}
