import * as pulumi from "@pulumi/pulumi";
import { createRunError } from "./run-error";

/** Mechanisms that Flotilla's own tests switch off, to show that they notice: `FLOTILLA_TEST_WITHOUT` names them. */
const mechanisms = ["gate", "overlap", "drain", "retries"];

/** Names of the mechanisms that a test has switched off. Any other run that would be without them ends before it begins. */
export function readTestSwitches(environment = process.env): string[] {
  const named = (environment.FLOTILLA_TEST_WITHOUT ?? "").split(",").filter((part) => part !== "");
  if (named.length === 0) return [];
  const unknown = named.filter((name) => !mechanisms.includes(name));
  if (environment.FLOTILLA_TEST !== "true" || unknown.length > 0)
    throw createRunError(
      `FLOTILLA_TEST_WITHOUT must be left out, got ${JSON.stringify(named.join(","))}. It is for Flotilla's own tests: without ${mechanisms.join(", ")} requests are lost. Unset it.`,
    );
  void pulumi.log.warn(`Switched off by a test, so that requests are lost: ${named.join(", ")}.`);
  return named;
}
