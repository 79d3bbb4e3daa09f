import { afterEach, describe, expect, test, vi } from "vitest";
import { Monitoring, type MonitoringArgs } from "../../components";
import { monitoringProblems } from "../../components/internal/monitoring/schema";
import { describeProblem } from "../../components/internal/problems";
import * as dockerCommand from "../../components/internal/scripts/docker";
import { nextPassword } from "../../components/internal/scripts/monitoring";
import { resetDocker, tryDocker } from "../support/fake-docker";
import { record, type Recording } from "../support/recorder";
import { inputOf, isSecret, ofType, reveal } from "../support/service";

vi.mock("../../components/internal/scripts/docker", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import("../support/fake-docker.js")),
}));

afterEach(resetDocker);

const replica = {
  job: "pool",
  address: "app-api-1-abc:3000",
  path: "/metrics",
  network: "app-public",
  labels: { service: "app", pool: "api", replica: "api-1" },
};
const source = { targets: [replica], networks: ["app-public", "app-worker"] };
const printed = { "watch-password": JSON.stringify({ password: "swordfish", hash: "$2b$10$hash" }) };

function recordMonitoring(args: Partial<MonitoringArgs> = {}, preview = false): Promise<Recording> {
  if (dockerCommand.tryDocker !== tryDocker) throw new Error("The test would use the real docker command.");
  return record(() => new Monitoring("watch", { sources: [source], ...args }), { printed, preview });
}

function uploadsOf(recording: Recording, container: string): Record<string, string> {
  const uploads = reveal(recording.find(container).inputs.uploads) as { file: string; content: string }[];
  return Object.fromEntries(uploads.map(({ file, content }) => [file, content]));
}

describe("the servers", () => {
  test("are Prometheus, Alertmanager and the host's exporter, which publish nothing but on 127.0.0.1", async () => {
    const recording = await recordMonitoring();
    const ports = ofType(recording, "Container").map(({ name, inputs }) => [name, inputs.ports]);
    expect(Object.fromEntries(ports)).toEqual({
      "watch-prometheus": [{ external: 9090, internal: 9090, ip: "127.0.0.1", protocol: "tcp" }],
      "watch-alertmanager": [{ external: 9091, internal: 9093, ip: "127.0.0.1", protocol: "tcp" }],
      "watch-host": undefined,
    });
  });

  test("do without the host's exporter on request", async () => {
    const recording = await recordMonitoring({ host: false });
    expect(ofType(recording, "Container")).toHaveLength(2);
    expect(inputOf(recording.find("watch-targets")).targets).not.toContain("watch-host");
  });

  test("are on a network of their own; Prometheus alone is on those of what it measures, once on each", async () => {
    const recording = await recordMonitoring({ sources: [source, source] });
    const networks = (name: string): unknown =>
      (recording.find(name).inputs.networksAdvanced as { name: string }[]).map((each) => each.name);
    expect(networks("watch-prometheus")).toEqual(["watch-network-abc1234", "app-public", "app-worker"]);
    expect(networks("watch-alertmanager")).toEqual(["watch-network-abc1234"]);
  });

  test("keep their data in volumes with fixed names that outlive the stack", async () => {
    const recording = await recordMonitoring();
    expect(recording.find("watch-prometheus-data").inputs.name).toBe("flotilla-test-watch-prometheus");
    expect(recording.find("watch-alertmanager-data").inputs.name).toBe("flotilla-test-watch-alertmanager");
    expect(recording.find("watch-prometheus").deleteBeforeReplace).toBe(true);
  });

  test("keep figures as long as they are told to", async () => {
    const { inputs } = (await recordMonitoring({ retention: { days: 7, sizeMiB: 512 } })).find(
      "watch-prometheus",
    );
    expect(inputs.command).toContain("--storage.tsdb.retention.time=7d");
    expect(inputs.command).toContain("--storage.tsdb.retention.size=512MB");
  });

  test("know the password by files that are encrypted in the state", async () => {
    const recording = await recordMonitoring();
    for (const name of ["watch-prometheus", "watch-alertmanager"])
      expect(isSecret(recording.find(name).inputs.uploads)).toBe(true);
    expect(uploadsOf(recording, "watch-prometheus")["/etc/prometheus/web.yml"]).toContain("$2b$10$hash");
    const { outputs } = recording.find("watch");
    expect(isSecret(outputs.password)).toBe(true);
  });

  test("get who is told by files", async () => {
    const recording = await recordMonitoring({
      notify: {
        webhooks: ["https://hooks.example.com/secret"],
        slack: { address: "https://slack", channel: "#a" },
      },
    });
    const files = uploadsOf(recording, "watch-alertmanager");
    expect(files["/etc/alertmanager/secrets/webhook-1"]).toBe("https://hooks.example.com/secret");
    expect(files["/etc/alertmanager/alertmanager.yml"]).not.toContain("hooks.example.com");
  });
});

describe("the targets", () => {
  test("are written by a command that a new list changes in place", async () => {
    const more = { ...replica, address: "app-api-2-abc:3000" };
    const before = (await recordMonitoring()).find("watch-targets");
    const sources = [{ ...source, targets: [replica, more] }];
    const after = (await recordMonitoring({ sources })).find("watch-targets");
    expect(inputOf(before).targets).not.toBe(inputOf(after).targets);
    expect(before.inputs.triggers).toEqual(after.inputs.triggers);
    expect(inputOf(after).targets).toContain("app-api-2-abc:3000");
  });

  test("change nothing of Prometheus' container", async () => {
    const before = (await recordMonitoring()).find("watch-prometheus");
    const after = (await recordMonitoring({ sources: [{ ...source, targets: [] }] })).find(
      "watch-prometheus",
    );
    expect(after.inputs).toEqual(before.inputs);
  });
});

describe("the password", () => {
  test("is made once, and its hash with it", () => {
    const first = nextPassword(undefined, "");
    expect(first.password).toMatch(/^[\w-]{32}$/);
    expect(first.hash).toMatch(/^\$2[aby]\$10\$/);
    expect(nextPassword(first, "")).toEqual(first);
  });

  test("is the user's own where there is one", () => {
    const first = nextPassword(undefined, "");
    const second = nextPassword(first, "correct-horse-battery");
    expect(second.password).toBe("correct-horse-battery");
    expect(second.hash).not.toBe(first.hash);
  });
});

test.each([
  [{ port: 0 }, "port must be a whole number from 1 to 65535, got 0."],
  [{ disabledAlerts: ["ReplicaDwn"] }, "Did you mean ReplicaDown?"],
  [{ thresholds: { errorPercent: 101 } }, "thresholds.errorPercent must be a number from 0 to 100, got 101."],
  [{ thresholds: { errorPercnt: 1 } }, "Did you mean errorPercent?"],
  [{ notify: { webhooks: ["not an address"] } }, "notify.webhooks[0] must be the address of a webhook"],
  [
    { notify: { email: { to: ["a@b"], from: "c@d", server: "mail:25", user: "x" } } },
    "notify.email.password must be set where user is, got nothing.",
  ],
])("%j is refused", (args, text) => {
  const problems = monitoringProblems({ sources: [], ...args });
  expect(problems.map(describeProblem).join("\n")).toContain(text);
});
