import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../config";

const pools = { api: { image: "node:24", port: 3000 } };

beforeEach(async () => {
  const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(mocks, "flotilla", "dev");
});

function load(monitoring: unknown, secrets: Record<string, string> = {}) {
  const texts = Object.entries(secrets).map(([key, value]) => [`flotilla:${key}`, value] as const);
  pulumi.runtime.setAllConfig(
    {
      "flotilla:pools": JSON.stringify(pools),
      ...(monitoring === undefined ? {} : { "flotilla:monitoring": JSON.stringify(monitoring) }),
      ...Object.fromEntries(texts),
    },
    texts.map(([key]) => key),
  );
  return loadConfig(undefined).monitoring;
}

function readError(monitoring: unknown): string {
  try {
    load(monitoring);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return error.message;
    throw error;
  }
  return "no error";
}

function reveal(value: unknown): Promise<{ value: unknown; isSecret: boolean }> {
  return new Promise((done) => {
    const output = value as pulumi.Output<unknown> & { isSecret: Promise<boolean> };
    output.apply(async (known) => {
      done({ value: known, isSecret: await output.isSecret });
    });
  });
}

test("there is none unless it is asked for", () => {
  expect(load(undefined)).toBeUndefined();
  expect(load({})).toEqual({});
});

test("addresses and passwords are secrets, by name", async () => {
  const read = load(
    { password: "WATCH", notify: { webhooks: ["ALERTS_URL"], slack: { address: "SLACK", channel: "#a" } } },
    { WATCH: "correct-horse-battery", ALERTS_URL: "https://hooks", SLACK: "https://slack" },
  );
  expect(await reveal(read?.password)).toEqual({ value: "correct-horse-battery", isSecret: true });
  expect(await reveal(read?.notify?.webhooks?.[0])).toEqual({ value: "https://hooks", isSecret: true });
  expect(await reveal(read?.notify?.slack?.address)).toEqual({ value: "https://slack", isSecret: true });
});

test.each([
  [[], "monitoring must be an object, {} for all defaults"],
  [{ sources: [] }, "monitoring.sources must be left out"],
  [{ registry: { mirror: "a.b" } }, "monitoring.registry must be left out"],
  [{ ports: 1 }, "Did you mean port?"],
  [
    { notify: { webhooks: ["NOT_SET"] } },
    "monitoring.notify.webhooks[0] must name a secret of the configuration",
  ],
])("%j is refused", (monitoring, text) => {
  expect(readError(monitoring)).toContain(text);
});
