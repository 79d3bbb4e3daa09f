import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MonitoringArgs } from "../../components";
import { loadConfig } from "../../config";
import { createEngine } from "../../stack/engine";
import { chooseServers } from "../../stack/obtainable-servers";
import { describeImage, fakeDocker, resetDocker } from "../support/fake-docker";
import { record } from "../support/recorder";
import { configure, readError, revealOutput, useStack } from "../support/stack-settings";

const pools = { api: { image: "node:24", port: 3000 } };

beforeEach(() => useStack());

afterEach(resetDocker);

function load(monitoring: unknown, secrets: Record<string, string> = {}) {
  configure({ pools, monitoring }, secrets);
  return loadConfig(undefined).monitoring;
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
  expect(await revealOutput(read?.password)).toEqual({ value: "correct-horse-battery", isSecret: true });
  expect(await revealOutput(read?.notify?.webhooks?.[0])).toEqual({ value: "https://hooks", isSecret: true });
  expect(await revealOutput(read?.notify?.slack?.address)).toEqual({
    value: "https://slack",
    isSecret: true,
  });
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
  configure({ pools, monitoring });
  expect(readError()).toContain(text);
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
