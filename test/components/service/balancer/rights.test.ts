import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LoadBalancedServiceArgs } from "../../../../components";
import { fakeDocker, listed, resetDocker } from "../../../support/fake-docker";
import { describeFaults, inputOf, minimalPool, recordService } from "../../../support/service";

beforeEach(resetDocker);
afterEach(resetDocker);

const pools = { api: minimalPool };
const usual = ["CHOWN", "DAC_OVERRIDE", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];
const limited = {
  capabilities: { drops: ["ALL"], adds: usual.map((name) => `CAP_${name}`) },
  securityOpts: ["no-new-privileges"],
  readOnly: true,
  tmpfs: { "/run": "rw,nosuid,nodev,mode=755", "/tmp": "rw,nosuid,nodev,mode=1777" },
};
const answers = { containerPath: "/var/cache/nginx" };
const image = `sha256:${"1".repeat(64)}`;

/** The engine has a balancer as an earlier version made it, but for what is said. */
function haveMade(made: object): void {
  const usually = { image, drops: null, adds: null, folders: null, ports: published("8080") };
  const answerAsUsual = fakeDocker.answer;
  fakeDocker.present = (args) => ({
    ...{ code: 0, stderr: "" },
    stdout: args[0] === "container" ? listed(labels, { id: "abc", name: "app-balancer-abc" }) : "",
  });
  fakeDocker.answer = (args) =>
    args[0] === "inspect" && args.at(-1) === "abc"
      ? { code: 0, stdout: JSON.stringify({ ...usually, ...made }), stderr: "" }
      : answerAsUsual(args);
}

const labels = "flotilla.role=balancer,flotilla.balancer=balancer,flotilla.made=before";

function published(port: string): object {
  return { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: port }] };
}

async function recordBalancer(balancer: LoadBalancedServiceArgs["balancer"] = {}) {
  return (await recordService({ pools, balancer })).find("app-balancer").inputs;
}

describe("a new balancer", () => {
  test.each([{}, { replicas: 2 }])("has what Nginx needs: %j", async (balancer) => {
    const inputs = await recordBalancer(balancer);
    expect(inputs).toMatchObject(limited);
    expect(inputs.volumes).toContainEqual(answers);
  });

  test("has it also where it shares a front, and in front of an internal pool", async () => {
    const internal = { jobs: { ...minimalPool, reachableFrom: ["api"] } };
    const recording = await recordService({ pools: { ...pools, ...internal }, balancer: { replicas: 1 } });
    for (const name of ["app-balancer-1", "app-jobs-balancer", "app-jobs-balancer-1"]) {
      expect(recording.find(name).inputs).toMatchObject(limited);
      expect(recording.find(name).inputs.volumes).toContainEqual(answers);
    }
  });

  test("has more where its settings say so", async () => {
    const security = {
      writable: ["/var/log/nginx"],
      capabilities: ["SYS_NICE"],
      reason: "a module asks for it",
    };
    expect(await recordBalancer({ security })).toMatchObject({
      capabilities: { adds: [...usual, "SYS_NICE"].sort().map((name) => `CAP_${name}`) },
      tmpfs: { ...limited.tmpfs, "/var/log/nginx": "rw,nosuid,nodev,mode=1777" },
    });
  });

  test("has the same when its settings are checked", async () => {
    const { rights } = inputOf((await recordService({ pools })).find("app-balancer-settings"));
    expect(rights).toEqual({
      capabilities: usual,
      writable: limited.tmpfs,
      volumes: [answers.containerPath],
    });
  });

  test("has a limit of processes where it is asked for", async () => {
    const push = async (balancer: object) =>
      inputOf((await recordService({ pools, balancer })).find("app-balancer-push"));
    expect(await push({})).not.toHaveProperty("processes");
    expect(await push({ security: { processes: 512 } })).toMatchObject({ processes: 512 });
  });
});

describe("a balancer of an earlier version", () => {
  const unlimited = ["capabilities", "securityOpts", "readOnly", "tmpfs"];

  test.each([
    ["stays as it is", {}, {}],
    ["stays as it is when it becomes a front", {}, { replicas: 2 }],
    ["stays as it is as a front, also with another image", { image: "sha256:2" }, { replicas: 2 }],
  ])("%s", async (_, made, balancer) => {
    haveMade(made);
    const inputs = await recordBalancer(balancer);
    for (const name of unlimited) expect(inputs).not.toHaveProperty(name);
    expect(inputs.volumes).toHaveLength(1);
  });

  test.each<[string, object, object]>([
    ["its image", { image: "sha256:2" }, {}],
    ["its port", { ports: published("80") }, {}],
    ["the port of its front", { ports: published("80") }, { replicas: 2 }],
  ])("is limited when it is made anew for %s", async (_, made, balancer) => {
    haveMade(made);
    expect(await recordBalancer(balancer)).toMatchObject(limited);
  });

  test("has new ones beside it, as a front, that start with the settings of before", async () => {
    haveMade({});
    const find = async (security?: object) =>
      (await recordService({ pools, balancer: { replicas: 1, security } })).find("app-balancer-1").inputs;
    const asked = await find({});
    expect(asked).toMatchObject({ capabilities: limited.capabilities, securityOpts: limited.securityOpts });
    const kept = await find();
    for (const name of unlimited) expect(kept).not.toHaveProperty(name);
    for (const inputs of [asked, kept]) {
      for (const name of ["readOnly", "tmpfs"]) expect(inputs).not.toHaveProperty(name);
      expect(inputs.volumes).toHaveLength(1);
      expect(inputs.entrypoints).toEqual(["sh", "-c", expect.stringMatching(/^until /)]);
    }
  });

  test("is limited when that is asked for", async () => {
    haveMade({});
    expect(await recordBalancer({ security: {} })).toMatchObject(limited);
  });
});

describe("a limited one", () => {
  const made = {
    drops: ["ALL"],
    adds: usual.map((name) => `CAP_${name}`),
    folders: limited.tmpfs,
  };

  test("stays limited", async () => {
    haveMade(made);
    expect(await recordBalancer()).toMatchObject(limited);
  });

  test("stays what it is where it is a front, whatever its balancers may do", async () => {
    haveMade(made);
    const security = { capabilities: ["SYS_NICE"], reason: "a module asks for it" };
    expect(await recordBalancer({ replicas: 1, security })).toMatchObject(limited);
  });
});

test.each([
  [{ capabilities: ["SYS_NICE"] }, /balancer\.security\.reason must say why/],
  [{ writable: ["tmp"] }, /balancer\.security\.writable\[0\] must be the absolute path/],
  [{ processes: 3 }, /balancer\.security\.processes/],
])("%j is refused", (security, message) => {
  expect(describeFaults({ pools, balancer: { security } }).join()).toMatch(message);
});
