import { describe, expect, test } from "vitest";
import { record } from "../support/rows";
import { scrape } from "../support/scrape";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

describe("figures of a service", () => {
  const workspace = useDeployment({
    name: "figures",
    pools: {
      api: demoPool({ replicas: 2, metrics: {} }),
      jobs: demoPool({ reachableFrom: ["api"], metrics: { path: "/metrics" } }),
    },
  });

  test("are found for each replica and balancer, also after a scale", async () => {
    for (const replicas of [2, 3]) {
      workspace().configure((settings) => {
        Object.assign(settings.pools.api ?? {}, { replicas });
      });
      await workspace().deploy();
      const { targets } = await workspace().outputs();
      const titles = targets.map(({ labels }) => labels.replica ?? labels.balancer ?? "");
      const wanted = ["jobs-balancer", "balancer", "jobs-1"];
      const api = Array.from({ length: replicas }, (_, index) => `api-${index + 1}`);
      expect(titles.sort()).toEqual([...wanted, ...api].sort());
      const answers = await Promise.all(
        targets.map((target) =>
          scrape(target).then(
            (figures) => figures.size > 0,
            () => false,
          ),
        ),
      );
      const silent = answers.filter((answered) => !answered).length;
      record({
        operation: `${replicas} replicas: targets that answer (targets, silent)`,
        ...{ requests: targets.length, failed: silent, seconds: 0, held: silent === 0 },
      });
      expect(silent).toBe(0);
    }
  });
});
