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
    const operation = "pools by address, by key and with a backup are updated";
    const load = { clients: { busyGet: 4, busyPost: 4, slow: 0, idle: 2, fresh: 2 } };
    await row({ operation, target: `${workspace().url}/addresses`, load }, () => workspace().deploy());
    for (const pool of Object.keys(pools))
      for (const { version } of await askManyTimes(`${workspace().url}/${pool}`, 4))
        expect(version).toBe("2");
  });
});
