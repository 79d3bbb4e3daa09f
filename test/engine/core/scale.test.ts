import { expect, test } from "vitest";
import { findRunning } from "../support/engine";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const workspace = useDeployment({
  name: "scale",
  pools: { api: demoPool({ replicas: { initial: 1, min: 1, max: 10 } }) },
});

test("scaling from one replica to five loses no request, and all five answer", async () => {
  const { result, report } = await row({ operation: "scale 1 → 5", target: workspace().url }, () =>
    workspace().deploy({ FLOTILLA_REPLICAS: "api=5" }),
  );
  expect(result.changes).toMatchObject({ delete: 0 });
  expect(Object.keys(report.instances).sort()).toEqual(["api-1", "api-2", "api-3", "api-4", "api-5"]);
});

test("scaling from five replicas to two loses no request", async () => {
  await row({ operation: "scale 5 → 2", target: workspace().url }, () =>
    workspace().deploy({ FLOTILLA_REPLICAS: "api=2" }),
  );
  expect(await findRunning(workspace().label, "flotilla.pool=api")).toHaveLength(2);
});

test("a plain update keeps the two", async () => {
  const { result } = await row({ operation: "plain `up` after scaling", target: workspace().url }, () =>
    workspace().deploy(),
  );
  expect(result.changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  expect((await workspace().outputs()).replicas).toEqual({
    api: { current: 2, initial: 1, min: 1, max: 10 },
  });
  expect(await findRunning(workspace().label, "flotilla.pool=api")).toHaveLength(2);
});
