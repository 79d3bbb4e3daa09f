import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test } from "vitest";
import {
  Datastore,
  DatastoreEngine,
  LoadBalancedService,
  Monitoring,
  type MonitoringArgs,
} from "../../components";
import { answerWithoutVolume, fakeDocker, resetDocker } from "../support/fake-docker";
import { record, type Recording } from "../support/recorder";
import { inputOf, isSecret, minimalPool, ofType, reveal, taskOf } from "../support/service";

afterEach(resetDocker);

const replica = {
  job: "pool",
  address: "app-api-1-abc:3000",
  path: "/metrics",
  network: "app-public",
  labels: { service: "app", pool: "api", replica: "api-1" },
};
const source = { targets: [replica], networks: ["app-public", "app-worker"] };
const passwords = JSON.stringify({ version: 1, current: "hunter2", administrator: "swordfish" });
const printed = { "watch-password": JSON.stringify({ password: "swordfish", hash: "$2b$10$hash" }) };

/** Records a monitoring that has all servers unless it is told otherwise. */
function recordMonitoring(
  args: Partial<MonitoringArgs> = {},
  { preview = false }: { preview?: boolean } = {},
): Promise<Recording> {
  const all = { sources: [source], containers: true, grafana: {}, ...args };
  return record(() => new Monitoring("watch", all), { printed, preview });
}

function namesOf(recording: Recording): string[] {
  const found = ofType(recording, "Container").map(({ name }) => name.replace("watch-", ""));
  return found.sort();
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

  test.each<[Partial<MonitoringArgs>, string[]]>([
    [{ containers: undefined, grafana: undefined }, ["prometheus", "alertmanager", "host"]],
    [{ containers: false, grafana: { enabled: false } }, ["prometheus", "alertmanager", "host"]],
    [{ host: false, containers: false }, ["prometheus", "alertmanager", "grafana"]],
    [{}, ["prometheus", "alertmanager", "host", "cadvisor", "grafana"]],
  ])("are those that are asked for, in a preview as in an update: %j", async (args, names) => {
    const recording = await recordMonitoring(args);
    expect(namesOf(recording)).toEqual([...names].sort());
    const list = ({ resources }: Recording): string[] =>
      resources.map(({ name, type }) => `${type} ${name}`).sort();
    expect(list(await recordMonitoring(args, { preview: true }))).toEqual(list(recording));
    const { targets } = inputOf(recording.find("watch-targets"));
    for (const name of ["cadvisor", "host"])
      expect(String(targets).includes(`watch-${name}`)).toBe(names.includes(name));
    const { outputs } = recording.find("watch");
    expect(outputs.grafanaUrl).toBe(names.includes("grafana") ? "http://127.0.0.1:9092" : undefined);
    expect(outputs.containers).toEqual(names.map((name) => `watch-${name}-abc1234`));
  });

  test("may use what they are told, each for itself", async () => {
    const recording = await recordMonitoring({
      prometheus: { limits: { memoryMiB: 1024 }, image: "example/prometheus:1" },
      cadvisor: { limits: {} },
    });
    const used = ofType(recording, "Container").map(({ name, inputs }) => [
      name.replace("watch-", ""),
      [inputs.cpus, inputs.memory],
    ]);
    expect(Object.fromEntries(used)).toEqual({
      prometheus: [undefined, 1024],
      alertmanager: ["0.5", 128],
      host: ["0.25", 64],
      cadvisor: [undefined, undefined],
      grafana: ["1.0", 512],
    });
    expect(taskOf(recording.find("watch-prometheus-image")).reference).toBe("example/prometheus:1");
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

describe("a source", () => {
  test("is an output of services and of datastores", async () => {
    fakeDocker.answer = answerWithoutVolume;
    const program = () => {
      const app = new LoadBalancedService("app", { pools: { api: minimalPool } });
      const cache = new Datastore("cache", { engine: DatastoreEngine.Redis, metrics: true });
      return new Monitoring("watch", { sources: [app.source, cache.source] });
    };
    const { find } = await record(program, { printed: { ...printed, "cache-passwords": passwords } });
    const networks = find("watch-prometheus").inputs.networksAdvanced as { name: string }[];
    expect(networks.map(({ name }) => name)).toEqual([
      "watch-network-abc1234",
      "app-public-network-abc1234",
      "cache-metrics-network-abc1234",
    ]);
    const { targets, containers } = inputOf(find("watch-targets"));
    expect(targets).toMatch(/"app-balancer-abc1234:[^]*"cache-exporter:/);
    const own = ["prometheus", "alertmanager", "host"].map((name) => `watch-${name}-abc1234`);
    expect(containers).toEqual([["app-api-1-abc1234"], ["cache-server-abc1234"], own]);
    expect(find("app").outputs.source).toMatchObject({ networks: ["app-public-network-abc1234"] });
  });

  test.each<[string, (source: pulumi.Unwrap<MonitoringArgs["sources"]>[number]) => unknown]>([
    ["as it is", (known) => known],
    ["as one output", (known) => pulumi.output(known)],
    ["as a promise", (known) => Promise.resolve(known)],
  ])("is taken %s; a preview knows its networks although targets are still to be made", async (_, give) => {
    const { find } = await record(
      () => {
        const { id } = new docker.Network("other", {});
        const given = { ...source, targets: id.apply(() => [replica]) };
        return new Monitoring("watch", { sources: [give(given as never)] as MonitoringArgs["sources"] });
      },
      { preview: true, printed },
    );
    expect(find("watch-prometheus").inputs.networksAdvanced).toMatchObject([
      { name: "watch-network-abc1234" },
      { name: "app-public" },
      { name: "app-worker" },
    ]);
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
