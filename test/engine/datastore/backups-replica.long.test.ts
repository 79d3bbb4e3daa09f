import { describe, expect, test } from "vitest";
import { docker, until } from "../support/engine";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { contents, findContainer, mustRun } from "./support/backups";
import { askFrom, dialects } from "./support/writers";

const entries = 2000;

describe("redis with a replica", () => {
  const workspace = useDeployment({
    name: "backup-replica",
    pools: { api: demoPool({ stores: { REDIS_URL: "main" } }) },
    settings: { datastores: { main: { engine: "redis", redis: { servers: 2 }, backup: {} } } },
  });

  /** Runs a shell command in a container of its own, at the address of a port of the datastore. */
  async function ask(command: string, port = 6379): Promise<string> {
    const { url = "", network = "" } = (await workspace().outputs()).stores?.main ?? {};
    const text = command.replaceAll("$COUNT", String(entries));
    return (await askFrom(network, dialects.redis.image, url.replace(":6379/", `:${port}/`), text)).text;
  }

  async function roles(): Promise<string[]> {
    const servers = (await workspace().outputs()).stores?.main?.containers ?? [];
    const command = "redis-cli --no-auth-warning --user health --pass health role | head -n 1";
    return Promise.all(servers.map((server) => docker("exec", server, "sh", "-c", command)));
  }

  test("is restored by its leader, which stays the leader, and the replica follows", async () => {
    const { write, read, spoil } = contents.redis;
    await ask(write);
    const before = await ask(read);
    expect(before).toContain(`value of ${entries}`);
    expect(await roles()).toEqual(["master", "slave"]);
    await mustRun(workspace(), "backup", "main");
    await ask(spoil);
    expect(await ask(read)).not.toBe(before);
    const { restored } = await mustRun(workspace(), "restore", "main", "latest", "--yes");
    const after = await ask(read);
    record({
      operation: "redis with a replica: changed, restored (entries, wrong)",
      ...{ requests: entries, failed: after === before ? 0 : entries, held: after === before },
      seconds: restored?.seconds ?? 0,
    });
    expect(after).toBe(before);
    expect(await roles()).toEqual(["master", "slave"]);
    await until("the replica has the same", async () => (await ask(read, 6380)) === before);
    expect(await ask('redis-cli --no-auth-warning -u "$URL" SET other 1')).toBe("OK");
  });

  test("is watched as closely as before", async () => {
    const dumper = await findContainer(workspace(), "main", "store-dump");
    const command = `REDISCLI_AUTH=$(cat /etc/flotilla/sentinel-password) redis-cli -h main-sentinel-1 -p 26379 --user sentinel SENTINEL MASTER main`;
    const lines = (await docker("exec", dumper, "sh", "-c", command)).split("\n");
    expect(lines[lines.indexOf("down-after-milliseconds") + 1]).toBe("5000");
  });
});
