import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { forgetOrigin, type OpenOutput } from "../../../components/resources/outputs";

/** What else Pulumi's type declarations leave out. */
type Traced<T> = OpenOutput<T> & { allResources?: () => Promise<Set<pulumi.Resource>> };

/** What an output is made from. */
async function originsOf<T>(output: pulumi.Output<T>): Promise<number> {
  const { allResources } = output as Traced<T>;
  if (allResources === undefined)
    throw new Error("Pulumi's outputs do not tell any more what they are made from.");
  return (await allResources.call(output)).size;
}

// The constructor is not a part of Pulumi's interface: whoever takes another version of it sees here whether it is the same.
describe("an output whose origin is forgotten", () => {
  let part: pulumi.ComponentResource;
  beforeAll(async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "1", state: {} }), call: () => ({}) });
    part = new pulumi.ComponentResource("flotilla:test:Part", "part");
  });

  test("is made from nothing, and the one that it comes from is not", async () => {
    expect(await originsOf(part.urn)).toBe(1);
    expect(await originsOf(forgetOrigin(part.urn))).toBe(0);
  });

  test.each([
    ["plain", pulumi.output("text"), false],
    ["secret", pulumi.secret("text"), true],
  ])("has the same value and is as secret: %s", async (_, output, isSecret) => {
    const open = forgetOrigin(output) as OpenOutput<string>;
    expect(await open.promise()).toBe("text");
    expect(await open.isKnown).toBe(true);
    expect(await open.isSecret).toBe(isSecret);
  });
});
