import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { Secret, type SecretArgs } from "../../components";
import { nextSecret } from "../../deploy/versioned-secret";
import { record, type Recording } from "../support/recorder";
import { isSecret } from "../support/service";

/** Makes a secret of which the script has printed this; gives what it has for programs. */
async function make(
  printed: object,
  args?: SecretArgs,
): Promise<{ recording: Recording; value: string; previous: string }> {
  const read = (output: pulumi.Output<string>): Promise<string> =>
    new Promise((resolve) => output.apply(resolve));
  let given = { value: "", previous: "" };
  const recording = await record(
    async () => {
      const secret = new Secret("jwt", args);
      given = { value: await read(secret.value), previous: await read(secret.previous) };
    },
    { printed: { "jwt-secret": JSON.stringify(printed) } },
  );
  return { recording, ...given };
}

describe("a secret", () => {
  test("is the one in use and the one before; at first both are the same", async () => {
    expect(await make({ version: 1, current: "first" })).toMatchObject({ value: "first", previous: "first" });
    const second = await make({ version: 2, current: "second", previous: "first" }, { version: 2 });
    expect(second).toMatchObject({ value: "second", previous: "first" });
    expect(second.recording.find("jwt-secret").inputs.environment).toMatchObject({ FLOTILLA_VERSION: "2" });
  });

  test("is not printed, and secret in the state", async () => {
    const value = "one-of-my-own-secrets";
    const { recording } = await make({ version: 1, current: value }, { value });
    const { environment, logging } = recording.find("jwt-secret").inputs;
    expect(logging).toBe("none");
    expect(isSecret(environment)).toBe(true);
    const { value: output, previous } = recording.find("jwt").outputs;
    expect([output, previous].map(isSecret)).toEqual([true, true]);
  });

  test("is made once, and changes with its number", () => {
    const first = nextSecret(undefined, 1, "");
    expect(first.current).toMatch(/^[\w-]{32}$/);
    expect(nextSecret(first, 1, "")).toEqual(first);
    const second = nextSecret(first, 2, "");
    expect(second).toEqual({ version: 2, current: second.current, previous: first.current });
    expect(second.current).not.toBe(first.current);
    expect(nextSecret(second, 3, "").previous).toBe(second.current);
  });

  test("is the user's own where it is given", () => {
    const first = nextSecret(undefined, 1, "mine");
    expect(nextSecret(first, 2, "mine")).toEqual({ version: 2, current: "mine" });
    expect(nextSecret(first, 1, "other")).toMatchObject({ current: "other", previous: "mine" });
  });

  test("with wrong arguments is refused, and its value not shown", async () => {
    await expect(make({}, { version: 0, value: "hunter2" })).rejects.toThrow(
      /Secret "jwt" has 2 problems:\n {2}value must be a secret of at least 16 characters, got \(hidden\)\.\n {2}version must/,
    );
  });
});
