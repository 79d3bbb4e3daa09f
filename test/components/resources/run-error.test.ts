import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { createRunError } from "../../../components/resources/run-error";

test("an error that ends the deployment is written out without what waits for it", () => {
  const error = Object.assign(createRunError("No."), { promise: { resources: ["many"] } });
  expect(inspect(error)).toBe("No.");
  expect(inspect(new pulumi.RunError("No."))).not.toBe("No.");
  expect([error.message, pulumi.RunError.isInstance(error)]).toEqual(["No.", true]);
});
