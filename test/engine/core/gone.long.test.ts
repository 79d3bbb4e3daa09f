import { expect, test } from "vitest";
import { docker, dockerLines, findReplica, findRunning } from "../support/engine";
import { ask, askForAnswer } from "../support/requests";
import { outage, postsUnderWay } from "../support/exceptions";
import { record, row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeStartedAgain } from "./replica-failures";

const workspace = useDeployment({
  name: "gone",
  pools: {
    api: demoPool({ replicas: 3, env: { UPSTREAM_URL: "http://worker:3000/" } }),
    worker: demoPool({ reachableFrom: ["api"] }),
  },
});
const unchanged = { create: 0, update: 0, replace: 0, delete: 0 };
const stackLabel = (): string => `label=flotilla.stack=${workspace().label}`;

async function expectWhole(): Promise<void> {
  expect(await findRunning(workspace().label, "flotilla.pool=api")).toHaveLength(3);
  expect(await ask(`${workspace().url}/healthz`)).toEqual({ status: 200, body: '{"status":"ok"}' });
  const { upstream } = await askForAnswer(`${workspace().url}/upstream`);
  expect(upstream).toMatchObject({ pool: "" });
  const { changes, text } = await workspace().deploy();
  expect(changes, text).toMatchObject(unchanged);
}

describeStartedAgain(workspace, "stop");

test("a replica that was removed is named by a preview, and made again without a lost request", async () => {
  const replica = await findReplica(workspace().label, "api-2");
  const operation = "replica removed by hand: the next `up` makes it again";
  const exception = postsUnderWay("POSTs under way on the replica that is removed", workspace().label);
  const { result } = await row({ operation, target: workspace().url, exception }, async () => {
    await docker("rm", "--force", "--volumes", replica);
    const preview = await workspace().preview();
    expect(preview.text).toContain(
      "Not on the engine or stopped, and made by an update: container replica api api-2.",
    );
    return workspace().deploy();
  });
  expect(result.changes.replace).toBeGreaterThan(0);
  await expectWhole();
});

test.each([
  { balancer: "balancer", path: "/", clients: {} },
  // There is no slow page below /upstream.
  { balancer: "worker-balancer", path: "/upstream", clients: { slow: 0 } },
])("so is the $balancer", async ({ balancer, path, clients }) => {
  const [container = ""] = await findRunning(workspace().label, `flotilla.balancer=${balancer}`);
  await row(
    {
      operation: `${balancer} removed by hand: the next \`up\` makes it again`,
      target: `${workspace().url}${path}`,
      load: { clients },
      exception: outage("nobody takes requests until then", 30),
      slowest: { seconds: 30, because: "what was under way may wait for the one that is gone" },
    },
    async () => {
      await docker("rm", "--force", "--volumes", container);
      await workspace().deploy();
    },
  );
  await expectWhole();
});

test("so is everything but what keeps data, after a prune of what was stopped", async () => {
  const all = await dockerLines("ps", "--quiet", `--filter=${stackLabel()}`);
  await docker("stop", "--time=1", ...all);
  await docker("container", "prune", "--force", `--filter=${stackLabel()}`);
  await docker("network", "prune", "--force", `--filter=${stackLabel()}`);
  await docker("volume", "rm", ...(await dockerLines("volume", "ls", "--quiet", `--filter=${stackLabel()}`)));
  const { ok, seconds, text } = await workspace().up();
  record({
    operation: "all pruned: the next `up` makes it again",
    requests: 0,
    failed: 0,
    seconds,
    held: ok,
  });
  expect(ok, text).toBe(true);
  await expectWhole();
});
