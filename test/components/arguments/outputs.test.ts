import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { isOutput } from "../../../components/arguments/outputs";

// The mark is not a part of Pulumi's interface: whoever takes another version of it sees here whether it is the same.
test.each([
  ["an output", pulumi.output("text"), true],
  ["a secret", pulumi.secret({ key: "value" }), true],
  ["one made from others", pulumi.all([pulumi.output(1), 2]), true],
  ["an object", { __pulumiOutput: "true" }, false],
  ["a list", [pulumi.output("text")], false],
  ["a promise", Promise.resolve("text"), false],
  ["a text", "text", false],
  ["null", null, false],
  ["nothing", undefined, false],
])("%s is an output as Pulumi itself says it", (_, value, expected) => {
  expect(isOutput(value)).toBe(expected);
  expect(pulumi.Output.isInstance(value)).toBe(expected);
});
