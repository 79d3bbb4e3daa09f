import { setTimeout as wait } from "node:timers/promises";
import { test } from "vitest";
import { docker, findReplica, findRunning } from "../support/engine";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";
import { slowDown } from "./support/slow-network";

describeFaults("the network", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4"] });
  const workspace = useDeployment({
    ...{ name: "network", address: ownAddress },
    pools: {
      api: demoPool({ replicas: 3, env: { UPSTREAM_URL: "http://worker:3000/" } }),
      worker: demoPool({ reachableFrom: ["api"] }),
    },
  });
  const findBalancer = async (name: string): Promise<string> => {
    const [container = ""] = await findRunning(workspace().label, `flotilla.balancer=${name}`);
    return container;
  };

  test("delays and loses packets between Nginx and the replicas, and an update loses nothing", async () => {
    const network = { milliseconds: 25, percent: 1, port: 3000 };
    const slowed = [
      await slowDown(engine(), await findBalancer("balancer"), network),
      await slowDown(engine(), await findBalancer("worker-balancer"), network),
    ];
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: "2" });
      setEnv(settings, "worker", { VERSION: "2" });
    });
    const operation = "update while packets take 25 ms longer each way, and 1 % of them are lost";
    await row({ operation, target: workspace().url }, () => workspace().deploy());
    for (const each of slowed) await each.restore();
  });

  test("delays what one replica says, and no request is lost", async () => {
    const slowed = await slowDown(engine(), await findReplica(workspace().label, "api-1"), {
      ...{ milliseconds: 300, percent: 0, port: 3000 },
    });
    const operation = "one of three replicas answers 0.6 s later";
    await row({ operation, target: workspace().url }, () => wait(10_000));
    await slowed.restore();
  });

  test("has a replica that stands still again and again, and no request is lost", async () => {
    const replica = await findReplica(workspace().label, "api-2");
    const pids = (await docker("top", replica, "-eo", "pid")).split("\n").slice(1).join(" ");
    const operation = "one of three replicas stands still for 0.7 s of each 1 s";
    await row({ operation, target: workspace().url }, () =>
      engine().shell(
        `for n in $(seq 10); do kill -STOP ${pids}; sleep 0.7; kill -CONT ${pids}; sleep 0.3; done`,
      ),
    );
  });
});
