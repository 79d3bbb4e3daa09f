import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MonitoringArgs } from "../../components";
import { loadConfig } from "../../config";
import { createEngine } from "../../stack/engine";
import { chooseServers } from "../../stack/obtainable-servers";
import { describeImage, fakeDocker, resetDocker } from "../support/fake-docker";
import { record } from "../support/recorder";

const pools = { api: { image: "node:24", port: 3000 } };

beforeEach(async () => {
  const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(mocks, "flotilla", "dev");
});

afterEach(resetDocker);

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
  [{ limits: { cpus: 1 } }, "monitoring.limits must be left out"],
  [
    { notify: { webhooks: ["NOT_SET"] } },
    "monitoring.notify.webhooks[0] must name a secret of the configuration",
  ],
])("%j is refused", (monitoring, text) => {
  expect(readError(monitoring)).toContain(text);
});

/** What the program decides where the engine has the named images alone, and no registry can be asked. */
async function choose(settings: Partial<MonitoringArgs>, has: RegExp): Promise<[unknown, unknown, string[]]> {
  const log = vi.spyOn(pulumi.log, "info").mockResolvedValue();
  fakeDocker.answer = (command) =>
    has.test(command.at(-1) ?? "") ? describeImage([]) : { code: 1, stdout: "", stderr: "No such image" };
  const call = (): never => {
    throw new Error("no such host");
  };
  let chosen: Partial<MonitoringArgs> = {};
  const program = async () => {
    chosen = await chooseServers(settings, createEngine(undefined), undefined);
  };
  await record(program, { call });
  const said = log.mock.calls.map(([text]) => text).sort();
  log.mockRestore();
  return [chosen.grafana, chosen.containers, said];
}

const without = [
  expect.stringMatching(/^Grafana is left out: .* grafana\/grafana:\S+, .*grafana.enabled: false/),
  expect.stringMatching(/^cAdvisor.* is left out: .*containers: false/),
];

test.each<[string, Partial<MonitoringArgs>, RegExp, [unknown, unknown, unknown[]]]>([
  ["whose image is there", {}, /grafana|cadvisor/, [{ enabled: true }, true, []]],
  ["but for those without an image", {}, /prometheus/, [{ enabled: false }, false, without]],
  ["that insists", { grafana: { enabled: true }, containers: true }, /none/, [{ enabled: true }, true, []]],
  ["that does without", { grafana: { enabled: false }, host: false }, /./, [{ enabled: false }, false, []]],
  [
    "of other images",
    { grafana: { image: "own/g:1", port: 1 } },
    /own|cadvisor/,
    [{ image: "own/g:1", port: 1, enabled: true }, true, []],
  ],
])("a stack has the servers %s", async (_, settings, has, expected) => {
  expect(await choose(settings, has)).toEqual(expected);
});
