import { expect, test } from "vitest";
import { describeFaults, inputOf, minimalPool, ofType, recordService } from "../../../support/service";

const pools = { api: minimalPool };
const record = (replicas?: number) => recordService({ pools, balancer: { replicas, port: 80 } });

test("without replicas there is one container that is all", async () => {
  const recording = await record();
  expect(ofType(recording, "Container").filter(({ name }) => name.startsWith("app-balancer"))).toHaveLength(
    1,
  );
  expect(inputOf(recording.find("app-balancer-push"))).not.toHaveProperty("sharing");
});

test("balancers share the network of a front, which alone has the ports", async () => {
  const recording = await record(2);
  const front = recording.find("app-balancer");
  expect(front.inputs).toMatchObject({ networkMode: "bridge", ports: [{ external: 80 }] });
  for (const number of [1, 2]) {
    const { inputs, dependsOn } = recording.find(`app-balancer-${number}`);
    expect(inputs.networkMode).toMatch(/^container:app-balancer/);
    expect(inputs).toMatchObject({ stopSignal: "SIGQUIT", restart: "unless-stopped" });
    expect(inputs).not.toHaveProperty("ports");
    expect(inputs).not.toHaveProperty("networksAdvanced");
    expect(dependsOn).toContain("app-balancer");
  }
});

test("a front stays as it was made, but for ports and networks", async () => {
  const { ignoreChanges, replaceOnChanges } = (await record(1)).find("app-balancer");
  expect(ignoreChanges).toEqual(expect.arrayContaining(["image", "entrypoints", "healthcheck", "memory"]));
  expect(ignoreChanges).not.toContain("ports");
  expect(ignoreChanges).not.toContain("labels");
  expect(replaceOnChanges).toEqual([]);
});

test("a balancer that shares a front goes after its successor has come", async () => {
  const { deleteBeforeReplace } = (await record(2)).find("app-balancer-1");
  expect(deleteBeforeReplace).not.toBe(true);
});

test("the push knows who is to stay, and each one's figures have a port", async () => {
  const recording = await record(2);
  const { sharing } = inputOf(recording.find("app-balancer-push")) as { sharing: string[] };
  expect(sharing).toHaveLength(2);
  expect(sharing[0]).toMatch(/^app-balancer-1/);
  const { targets } = recording.find("app").outputs as { targets: { job: string; address: string }[] };
  expect(targets.filter(({ job }) => job === "balancer").map(({ address }) => address.split(":")[1])).toEqual(
    ["8102", "8103"],
  );
});

test("an internal pool gets as many", async () => {
  const recording = await recordService({
    pools: { api: minimalPool, jobs: { ...minimalPool, reachableFrom: ["api"] } },
    balancer: { replicas: 2 },
  });
  expect(recording.find("app-jobs-balancer-2").inputs.networkMode).toMatch(/^container:app-jobs-balancer/);
});

test.each([0, 9, 1.5])("replicas must be from 1 to 8, so %d is refused", (replicas) => {
  expect(describeFaults({ pools, balancer: { replicas } }).join()).toMatch(/balancer\.replicas.*from 1 to 8/);
});
