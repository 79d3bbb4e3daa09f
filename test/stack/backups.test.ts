import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../config";
import { configure, revealOutput, useStack } from "../support/stack-settings";

const s3 = { endpoint: "https://s3.example.com", bucket: "shop", accessKey: "s3Id", secretKey: "s3Key" };
const secrets = { s3Id: "hunter2-id", s3Key: "hunter2-key", backupKey: "hunter2-".repeat(5) };

function load(
  backup: unknown,
  stack = "dev",
  further: Record<string, unknown> = {},
): ReturnType<typeof loadConfig> {
  const used = Object.entries(secrets).filter(([key]) => JSON.stringify(backup).includes(`"${key}"`));
  configure(
    {
      pools: { api: { image: "node:24", port: 3000 } },
      datastores: { main: { engine: "redis", backup, ...further } },
    },
    Object.fromEntries(used),
  );
  expect(pulumi.getStack()).toBe(stack);
  return loadConfig(undefined);
}

beforeEach(() => useStack("dev"));

describe("the backups of a datastore", () => {
  test("name secrets, which stay secret", async () => {
    const { datastores } = load({ to: { s3 }, encryptionKey: "backupKey" });
    const { backup } = datastores.main?.args ?? {};
    for (const [field, value] of [
      [backup?.encryptionKey, secrets.backupKey],
      [backup?.to?.s3?.accessKey, secrets.s3Id],
      [backup?.to?.s3?.secretKey, secrets.s3Key],
    ] as const) {
      expect(await revealOutput(field)).toEqual({ value, isSecret: true });
    }
  });

  test("are made before each deployment of the stack that is called prod", async () => {
    expect(load({}).datastores.main?.model.backup?.beforeDeployment).toBe(false);
    expect(load({ beforeDeployment: true }).datastores.main?.model.backup?.beforeDeployment).toBe(true);
    await useStack("prod");
    expect(load({}, "prod").datastores.main?.model.backup?.beforeDeployment).toBe(true);
    expect(load({ beforeDeployment: false }, "prod").datastores.main?.model.backup?.beforeDeployment).toBe(
      false,
    );
  });

  test("are refused with all that is wrong with them", () => {
    const wrong = { schedule: "daily", encryptionKey: "missing", to: { s3: { ...s3, bucket: "A" } } };
    expect(() => load(wrong)).toThrow(/has 3 problems/);
    expect(() => load(wrong)).toThrow(
      "datastores.main.backup.schedule must be a cron expression of five fields",
    );
    expect(() => load(wrong)).toThrow(
      "datastores.main.backup.encryptionKey must name a secret of the configuration",
    );
    expect(() => load(wrong)).toThrow(
      'datastores.main.backup.to.s3.bucket must be the name of a bucket, got "A".',
    );
    expect(() => load("daily")).toThrow(
      "datastores.main.backup must be an object that describes the backups",
    );
  });
});

test("a registry is the whole stack's, where its passwords are secrets", () => {
  expect(() => load({}, "dev", { registry: { mirror: "a.b" } })).toThrow(
    "datastores.main.registry must be left out",
  );
});
