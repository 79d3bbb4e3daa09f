import { describe, expect, test } from "vitest";
import { Strategy } from "../../../components";
import type { Recording } from "../../support/recorder";
import { recordPool, recordService, twoPools } from "../../support/service";

const modes = [
  ["an update", false],
  ["a preview", true],
] as const;

function listChildren({ resources }: Recording): string[] {
  return resources.map(({ type, name }) => `${type.replace(/^.*:/, "")} ${name}`).sort();
}

describe.each(modes)("in %s", (_, preview) => {
  test("one public pool of two replicas is made of these resources", async () => {
    const recording = await recordPool({ replicas: 2 }, { preview });
    expect(listChildren(recording)).toEqual([
      "Command app-api-image",
      "Command app-api-members",
      "Command app-balancer-image",
      "Command app-balancer-push",
      "Command app-balancer-settings",
      "Command app-leftovers",
      "Container app-api-1",
      "Container app-api-2",
      "Container app-balancer",
      "LoadBalancedService app",
      "Network app-public-network",
      "Volume app-balancer-configuration",
    ]);
  });

  test.each([1, 2])(
    "with another strategy a pool of %d gets new replicas and commands beside the old ones",
    async (replicas) => {
      const blueGreen = listChildren(await recordPool({ replicas }, { preview }));
      const rolling = listChildren(await recordPool({ replicas, strategy: Strategy.Rolling }, { preview }));
      const own = ["Container app-api-1-rolling", "Container app-api-2-rolling"].slice(0, replicas);
      const commands = own.map((name) => `${name.replace("Container", "Command")}-member`);
      expect(rolling.filter((child) => !blueGreen.includes(child))).toEqual([...commands, ...own]);
      const left = ["Container app-api-1", "Container app-api-2"].slice(0, replicas);
      expect(blueGreen.filter((child) => !rolling.includes(child))).toEqual([
        "Command app-api-members",
        ...left,
      ]);
    },
  );

  test("an internal pool adds a network, replicas and a balancer of its own", async () => {
    const recording = await recordService(twoPools, { preview });
    expect(listChildren(recording)).toEqual([
      "Command app-api-image",
      "Command app-api-members",
      "Command app-balancer-image",
      "Command app-balancer-push",
      "Command app-balancer-settings",
      "Command app-leftovers",
      "Command app-store-balancer-push",
      "Command app-store-balancer-settings",
      "Command app-store-image",
      "Command app-store-members",
      "Container app-api-1",
      "Container app-balancer",
      "Container app-store-1",
      "Container app-store-balancer",
      "LoadBalancedService app",
      "Network app-public-network",
      "Network app-store-network",
      "Volume app-balancer-configuration",
      "Volume app-store-balancer-configuration",
    ]);
  });

  test("a pool without a port has no balancer", async () => {
    const pools = { jobs: { image: "node:24-slim", replicas: 2 } };
    expect(listChildren(await recordService({ pools }, { preview }))).toEqual([
      "Command app-jobs-1-gate",
      "Command app-jobs-2-gate",
      "Command app-jobs-image",
      "Command app-jobs-swept",
      "Command app-leftovers",
      "Container app-jobs-1",
      "Container app-jobs-2",
      "LoadBalancedService app",
      "Network app-jobs-network",
      "Volume app-jobs-sweep",
    ]);
  });

  test("every child belongs to the service itself", async () => {
    const { resources } = await recordService(twoPools, { preview });
    const children = resources.filter(({ name }) => name !== "app");
    expect(children.map(({ parent }) => parent)).toEqual(children.map(() => "app"));
  });
});
