import { afterAll, expect, test } from "vitest";
import { docker, dockerLines, findRunning, until } from "../support/engine";
import { outage, underWay } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool, setEnv, type StackSettings } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const drainSeconds = 10;
const workspace = useDeployment({
  name: "front",
  pools: {
    api: demoPool({ replicas: 2, drainSeconds, env: { UPSTREAM_URL: "http://worker:3000/" } }),
    worker: demoPool({ replicas: 2, drainSeconds, reachableFrom: ["api"] }),
  },
  balancer: { replicas: 2 },
});
const otherImage = `flotilla-front-${process.pid}:1.30.4`;

afterAll(async () => {
  await docker("image", "rm", "--force", otherImage);
});

const list = (...labels: string[]) => findRunning(workspace().label, "flotilla.role=balancer", ...labels);
const sharing = () => list("flotilla.balancer=balancer", "flotilla.shares");
const front = async () => {
  const shared = await sharing();
  const [name = ""] = (await list("flotilla.balancer=balancer")).filter((each) => !shared.includes(each));
  return name;
};
const expectUnchanged = async () => {
  const { text } = await workspace().deploy();
  expect(text).not.toMatch(/\d+ (?:created|updated|replaced|deleted)/);
};
const change = (settings: (all: StackSettings) => void) => async () => {
  workspace().configure(settings);
  return workspace().deploy();
};

test("two balancers share a front, those of an internal pool too, and a second up changes nothing", async () => {
  expect(await sharing()).toHaveLength(2);
  expect(await list("flotilla.balancer=worker-balancer", "flotilla.shares")).toHaveLength(2);
  await expectUnchanged();
});

test.each<[what: string, (settings: StackSettings) => void]>([
  ["another limit", ({ balancer }) => (balancer.limits = { cpus: 1 })],
  ["other log settings", ({ balancer }) => (balancer.logs = { maxSizeMiB: 5 })],
  ["another image", ({ balancer }) => (balancer.image = otherImage)],
  [
    "another limit with other settings and a new version of the application",
    (settings) => {
      settings.balancer.limits = { cpus: 2 };
      settings.balancer.bodyLimitMiB = 20;
      setEnv(settings, "api", { VERSION: "2" });
    },
  ],
])("%s has new balancers take over from the old ones", async (what, edit) => {
  if (what === "another image") {
    const made = await docker("create", "nginx:1.30.4");
    await docker("commit", made, otherImage);
    await docker("rm", made);
  }
  const [before, holder] = [await sharing(), await front()];
  await row({ operation: `two balancers, ${what}`, target: workspace().url }, change(edit));
  const after = await sharing();
  expect(after).toHaveLength(2);
  expect(before.some((name) => after.includes(name))).toBe(false);
  expect(await front()).toBe(holder);
  await expectUnchanged();
});

test.each([3, 1, 2])("%d balancers", async (replicas) => {
  await row(
    { operation: `number of balancers changed to ${replicas}`, target: workspace().url },
    change(({ balancer }) => (balancer.replicas = replicas)),
  );
  expect(await sharing()).toHaveLength(replicas);
});

test("a new version of the application comes to both", async () => {
  await row(
    { operation: "update behind two balancers", target: workspace().url },
    change((settings) => {
      setEnv(settings, "api", { VERSION: "3" });
      setEnv(settings, "worker", { VERSION: "3" });
    }),
  );
});

test.each(["stop", "restart"])("docker %s of one of two costs nothing", async (command) => {
  const [one = ""] = await sharing();
  await row({ operation: `docker ${command} of one of two balancers`, target: workspace().url }, async () => {
    await docker(command, "--time=30", one);
    await docker("start", one);
    await until("both are healthy", async () => (await list("flotilla.shares")).length === 4);
  });
});

test("one of two that is killed costs what it was asked just then", async () => {
  const [one = ""] = await sharing();
  await row(
    {
      operation: "one of two balancers killed",
      target: workspace().url,
      exception: underWay("what was under way on it fails", workspace().label),
    },
    async () => {
      await docker("kill", one);
      await docker("start", one);
    },
  );
});

test.each([
  ["kill", "killed and started"],
  ["stop", "stopped and started"],
])("the front after a docker %s is a balancer itself until the others are back", async (command, what) => {
  const holder = await front();
  await row(
    {
      operation: `front of two balancers ${what}`,
      target: workspace().url,
      exception: outage("nobody answers until it is one itself", 5),
      slowest: { seconds: 10, because: "who asks while nobody answers waits" },
    },
    async () => {
      await docker(command, holder);
      await docker("start", holder);
    },
  );
  await until("both are back", async () => {
    const states = await dockerLines(
      ...["ps", "--format={{.Status}}", `--filter=label=flotilla.stack=${workspace().label}`],
      ...["--filter=label=flotilla.balancer=balancer", "--filter=label=flotilla.shares"],
    );
    return states.length === 2 && states.every((state) => state.includes("(healthy)"));
  });
  await expectUnchanged();
});

test.each(["stop", "restart"])(
  "docker %s of the only one costs nothing: the front is one meanwhile",
  async (command) => {
    workspace().configure(({ balancer }) => (balancer.replicas = 1));
    await workspace().deploy();
    const [one = ""] = await sharing();
    await row({ operation: `docker ${command} of the only balancer`, target: workspace().url }, async () => {
      await docker(command, "--time=30", one);
      await docker("start", one);
    });
  },
);
