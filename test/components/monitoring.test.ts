import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Monitoring, type MonitoringArgs } from "../../components";
import { monitoringProblems } from "../../components/monitoring/schema";
import { describeProblem } from "../../components/arguments/problems";
import { nextPassword, renderContainers } from "../../deploy/monitoring";
import { describeImage, fakeDocker, resetDocker } from "../support/fake-docker";
import { record, type Recording } from "../support/recorder";
import { inputOf, isSecret, ofType, reveal, taskOf } from "../support/service";

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

function recordMonitoring(
  args: Partial<MonitoringArgs> = {},
  options: Pick<Parameters<typeof record>[1] & object, "call"> = {},
): Promise<Recording> {
  return record(() => new Monitoring("watch", { sources: [source], ...args }), { printed, ...options });
}

function uploadsOf(recording: Recording, container: string): Record<string, string> {
  const uploads = reveal(recording.find(container).inputs.uploads) as { file: string; content: string }[];
  return Object.fromEntries(uploads.map(({ file, content }) => [file, content]));
}

describe("the servers", () => {
  test("are on 127.0.0.1, or publish nothing", async () => {
    const recording = await recordMonitoring();
    const ports = ofType(recording, "Container").map(({ name, inputs }) => [name, inputs.ports]);
    expect(Object.fromEntries(ports)).toEqual({
      "watch-prometheus": [{ external: 9090, internal: 9090, ip: "127.0.0.1", protocol: "tcp" }],
      "watch-alertmanager": [{ external: 9091, internal: 9093, ip: "127.0.0.1", protocol: "tcp" }],
      "watch-grafana": [{ external: 9092, internal: 3000, ip: "127.0.0.1", protocol: "tcp" }],
      "watch-cadvisor": undefined,
      "watch-host": undefined,
    });
  });

  test.each([
    [{ host: false, grafana: { enabled: false } }, ["watch-alertmanager", "watch-prometheus"]],
    [
      { containers: false, grafana: { enabled: false } },
      ["watch-alertmanager", "watch-host", "watch-prometheus"],
    ],
  ])("are fewer on request: %j", async (args, names) => {
    const recording = await recordMonitoring(args);
    expect(
      ofType(recording, "Container")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
    const { targets } = inputOf(recording.find("watch-targets"));
    expect(targets).not.toContain("watch-cadvisor");
    expect(String(targets).includes("watch-host")).toBe(names.includes("watch-host"));
  });

  test("have their images from the mirror, with its credentials", async () => {
    const credentials = [{ address: "mirror.example.com", username: "ci", password: "hunter2" }];
    const registry = { mirror: "mirror.example.com/hub", credentials };
    const { resources } = await recordMonitoring({ registry });
    const images = resources.filter(({ name }) => name.endsWith("-image"));
    const ofHub = images
      .map((image) => String(taskOf(image).reference))
      .filter((name) => !name.startsWith("ghcr.io/"));
    expect(ofHub.length).toBeGreaterThan(3);
    for (const name of ofHub) expect(name).toMatch(/^mirror\.example\.com\/hub\//);
    for (const { inputs } of images) expect(isSecret(inputs.environment)).toBe(true);
  });

  test("are left out with a word where an image cannot be had, unless they are asked for", async () => {
    const said = vi.spyOn(pulumi.log, "info").mockResolvedValue();
    fakeDocker.answer = (command) =>
      /grafana|cadvisor/.test(command.at(-1) ?? "")
        ? { code: 1, stdout: "", stderr: "No such image" }
        : describeImage([]);
    const call = () => {
      throw new Error("no such host");
    };
    const without = await recordMonitoring({}, { call });
    const names = (recording: Recording): string[] => ofType(recording, "Container").map(({ name }) => name);
    expect(names(without)).not.toContain("watch-grafana");
    expect(names(without)).not.toContain("watch-cadvisor");
    expect(said.mock.calls.map(([text]) => text).sort()).toEqual([
      expect.stringMatching(/^Grafana is left out: .* grafana\/grafana:\S+, .*grafana.enabled: false/),
      expect.stringMatching(/^cAdvisor.* is left out: .*containers: false/),
    ]);
    expect(without.find("watch").outputs.grafanaUrl).toBeUndefined();
    said.mockClear();
    const asked = await recordMonitoring(
      { grafana: { enabled: true, port: 3000 }, containers: false },
      { call },
    );
    expect(names(asked)).toContain("watch-grafana");
    expect(asked.find("watch").outputs.grafanaUrl).toBe("http://127.0.0.1:3000");
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });

  test("see nothing of the engine: containers are measured by their control groups alone", async () => {
    const { inputs } = (await recordMonitoring()).find("watch-cadvisor");
    expect(inputs.volumes).toEqual([
      { containerPath: "/sys/fs/cgroup", hostPath: "/sys/fs/cgroup", readOnly: true },
    ]);
    expect(inputs).toMatchObject({ readOnly: true, capabilities: { drops: ["ALL"] } });
    expect(inputs).not.toHaveProperty("privileged");
  });

  test("give Grafana its sources, its dashboards and the password by files", async () => {
    const recording = await recordMonitoring();
    const grafana = recording.find("watch-grafana");
    expect(isSecret(grafana.inputs.uploads)).toBe(true);
    const files = uploadsOf(recording, "watch-grafana");
    expect(files["/etc/flotilla/password"]).toBe("swordfish");
    expect(files["/etc/grafana/provisioning/datasources/flotilla.yml"]).toContain(
      'url: "http://watch-prometheus:9090"',
    );
    expect(Object.keys(files)).toContain("/etc/flotilla/dashboards/overview.json");
    expect(JSON.stringify(grafana.inputs.envs)).not.toContain("swordfish");
    expect(grafana.inputs.envs).toContain("GF_SECURITY_ADMIN_PASSWORD__FILE=/etc/flotilla/password");
    expect(recording.find("watch-grafana-data").inputs.name).toBe("flotilla-test-watch-grafana");
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

test("each container is said to be what its labels say", () => {
  const id = "a".repeat(64);
  const text = renderContainers({
    [id]: { "flotilla.role": "replica", "flotilla.pool": "api", "flotilla.stack": "shop/prod", other: "x" },
  });
  expect(text.split("\n").slice(2)).toEqual([
    `flotilla_container_info{container_id="${id}",role="replica",pool="api"} 1`,
    "",
  ]);
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
  [{ grafana: { anon: true } }, "grafana"],
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
