import { describe, expect, test } from "vitest";
import { docker, findReplica, findRunning, until } from "../support/engine";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { findStatus } from "./support/watched";

describe("a deployed stack", () => {
  const workspace = useDeployment({
    name: "watch",
    pools: {
      api: demoPool({
        replicas: { initial: 2, max: 3 },
        // The engine would start a replica anew that is unhealthy for long.
        healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 8, retries: 100 },
        balancing: { activeHealth: { intervalSeconds: 2, timeoutSeconds: 1 } },
      }),
    },
  });
  const stateOf = async (title: string): Promise<string> => (await findStatus(workspace().url, title)).state;

  test("takes an unhealthy replica out, and an update brings healthy ones meanwhile", async () => {
    const stack = workspace();
    const { url, label } = stack;
    await until("both are healthy", async () => (await stateOf("api-1")) === "healthy");
    const first = await findReplica(label, "api-1");
    await row({ operation: "an update while a replica is out", target: url }, async () => {
      await docker("exec", first, "node", "-e", setUnhealthy);
      await until("api-1 is out", async () => (await stateOf("api-1")) === "out", 30);
      // Nothing to do: what the watch wrote is no change.
      expect((await stack.deploy()).changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
      expect(await stateOf("api-1")).toBe("out");
      stack.configure((settings) => {
        setEnv(settings, "api", { VERSION: "2" });
      });
      await stack.deploy();
    });
    expect(await findReplica(label, "api-1")).not.toBe(first);
    await until("both are healthy", async () =>
      (await Promise.all(["api-1", "api-2"].map(stateOf))).every((state) => state === "healthy"),
    );
    const answer = await ask(url);
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('"version":"2"') as string });
  });

  test("has an update that replaces nothing go through while a replica is out", async () => {
    const stack = workspace();
    const { url, label } = stack;
    const first = await findReplica(label, "api-1");
    await docker("exec", first, "node", "-e", setUnhealthy);
    await until("api-1 is out", async () => (await stateOf("api-1")) === "out", 30);
    stack.configure((settings) => {
      settings.balancer.retryAfterSeconds = 9;
    });
    await stack.deploy();
    expect(await stateOf("api-1")).toBe("out");
    expect(await findReplica(label, "api-1")).toBe(first);
    const [balancer = ""] = await findRunning(label, "flotilla.role=balancer");
    expect(await docker("exec", balancer, "cat", "/etc/flotilla/live/nginx.conf")).toContain('"" 9;');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(url)));
    expect(answers.filter((answer) => typeof answer === "string" || answer.status !== 200)).toEqual([]);
  });
});

const setUnhealthy = `fetch("http://127.0.0.1:3000/health/set?healthy=false",{method:"POST"})`;
