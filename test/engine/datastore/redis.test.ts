import { expect, test } from "vitest";
import { useDeployment } from "../support/use-workspace";
import { demoPool } from "../support/settings";

const workspace = useDeployment({
  name: "redis",
  pools: { api: { ...demoPool(), stores: { REDIS_URL: "cache" } } },
  settings: { datastores: { cache: { engine: "redis" } } },
});

test("a pool reaches its datastore", async () => {
  const answer = await fetch(`${workspace().url}/visits`);
  expect(await answer.text()).toContain("1");
  const again = await workspace().deploy();
  expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});
