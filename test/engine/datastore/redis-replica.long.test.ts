import { describe, expect, test } from "vitest";
import { docker, until } from "../support/engine";
import { demoPool, type StackSettings } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { followWrites, killServer } from "./support/acknowledged";
import { askFrom, dialects, usualWriters } from "./support/writers";

describe("redis with a replica", () => {
  const dialect = dialects.redis;
  const workspace = useDeployment({
    name: "replica",
    pools: { api: demoPool({ stores: { REDIS_URL: "main" } }) },
    settings: { datastores: { main: { engine: "redis" } } },
  });
  const writes = followWrites(workspace, dialect);

  async function configure(redis: Record<string, unknown>): Promise<void> {
    workspace().configure((settings: StackSettings) => {
      settings.datastores = { main: { engine: "redis", redis } };
    });
    await workspace().deploy();
  }

  async function findServers(): Promise<[string, string]> {
    const [first, second] = (await writes.find()).containers;
    if (first === undefined || second === undefined) throw new Error("The datastore has no two servers.");
    return [first, second];
  }

  /** What a server says it is; nothing while it starts. */
  function roleOf(container: string): Promise<string> {
    const command = "redis-cli --no-auth-warning --user health --pass health role | head -n 1";
    return docker("exec", container, "sh", "-c", command).catch(() => "");
  }

  async function ask(port: number, command: string): Promise<string> {
    const { url, network } = await writes.find();
    const address = url.replace(":6379/", `:${port}/`);
    return (
      await askFrom(network, dialect.image, address, `redis-cli --no-auth-warning -u "$URL" ${command}`)
    ).text;
  }

  test("a single server gets one without losing a write", async () => {
    const lost = await writes.underWrites("redis: a replica joins", () => configure({ servers: 2 }));
    expect(lost).toBe(0);
    const [first, second] = await findServers();
    expect(await roleOf(first)).toBe("master");
    expect(await roleOf(second)).toBe("slave");
    const again = await workspace().deploy();
    expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  });

  test("the replica serves reads, and refuses writes", async () => {
    expect(await ask(6379, "SET greeting hello")).toBe("OK");
    await until("the replica has it", async () => (await ask(6380, "GET greeting")) === "hello");
    expect(await ask(6380, "SET greeting bye")).toContain("READONLY");
  });

  test("a leader that is killed comes back before another one leads", async () => {
    const [first] = await findServers();
    expect(
      await writes.underWrites("redis with a replica: kill -9 of the leader", () => killServer(first)),
    ).toBe(0);
  });

  test("both servers are replaced, each after it has handed over", async () => {
    const before = await findServers();
    const lost = await writes.underWrites("redis with a replica: both servers are replaced", () =>
      configure({ servers: 2, maxMemoryMiB: 200 }),
    );
    expect(lost).toBe(0);
    const after = await findServers();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  test("the other server takes over when the leader is gone, and the old leader follows when it is back", async () => {
    const servers = await findServers();
    const roles = await Promise.all(servers.map(roleOf));
    const leader = servers[roles.indexOf("master")] ?? "";
    const other = servers[roles.indexOf("slave")] ?? "";
    const lost = await writes.underWrites(
      "redis with a replica: the leader is gone",
      async () => {
        await docker("kill", "--signal=KILL", leader);
        await until("the other one leads", async () => (await roleOf(other)) === "master", 60);
      },
      {
        exception: {
          most: usualWriters,
          reason:
            "the last write of each writer, which the replica did not have yet, may be lost with its leader",
        },
      },
    );
    expect(lost).toBeLessThanOrEqual(usualWriters);
    const back = await writes.underWrites("redis with a replica: the old leader is back", async () => {
      await docker("start", leader);
      await until("it follows", async () => (await roleOf(leader)) === "slave", 60);
    });
    expect(back).toBe(lost);
    expect(await roleOf(other)).toBe("master");
  });

  test("the replica cannot be given up while it leads", async () => {
    const [first] = await findServers();
    if ((await roleOf(first)) === "master") {
      await docker("stop", first);
      await until("the second leads", async () => (await roleOf((await findServers())[1])) === "master", 60);
      await docker("start", first);
      await until("the first follows", async () => (await roleOf(first)) === "slave", 60);
    }
    workspace().configure((settings: StackSettings) => {
      settings.datastores = { main: { engine: "redis" } };
    });
    for (const run of [await workspace().preview(), await workspace().up()]) {
      expect(run.ok).toBe(false);
      expect(run.text).toContain('Datastore "main": redis.servers must stay 2, got 1.');
    }
    expect(await roleOf((await findServers())[1])).toBe("master");
  });
});
