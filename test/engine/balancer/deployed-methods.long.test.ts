import { describe, expect, test } from "vitest";
import { askManyTimes } from "../support/requests";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

// With these the balancer by itself asks one and the same replica, so an update has to find a way to ask all of them.
const pools = {
  addresses: demoPool({ replicas: 2, balancing: { method: "ip_hash" } }),
  users: demoPool({ replicas: 2, balancing: { method: "hash", hashKey: "$cookie_user" } }),
  spare: demoPool({ replicas: 2, balancing: { spares: 1 } }),
};

const load = { clients: { busyGet: 3, busyPost: 3, slow: 0, idle: 2, fresh: 2 } };

describe("pools whose replicas are not asked in turns", () => {
  const workspace = useDeployment({
    name: "methods",
    pools,
    balancer: { address: "127.0.0.1" },
    settings: { routes: Object.keys(pools).map((pool) => ({ path: `/${pool}`, pool })) },
  });

  test("come up, and are updated without a lost request", async () => {
    workspace().configure((settings) => {
      for (const pool of Object.keys(pools)) setEnv(settings, pool, { VERSION: "2" });
    });
    const loaded = (pool: string, operate: () => Promise<unknown>) =>
      row(
        { operation: `the pool "${pool}" is updated`, target: `${workspace().url}/${pool}`, load },
        operate,
      );
    await loaded("addresses", () => loaded("users", () => loaded("spare", () => workspace().deploy())));
    for (const pool of Object.keys(pools))
      for (const { version } of await askManyTimes(`${workspace().url}/${pool}`, 4))
        expect(version).toBe("2");
  });
});
