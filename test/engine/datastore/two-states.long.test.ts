import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { provide } from "../sealed/containers";
import { docker, findHoldings, findRunning, watchEvents } from "../support/engine";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import type { StoreOutputs, Workspace } from "../support/workspace";
import { dialects } from "./support/writers";

const stores = { STORE_URL: "main" };
const datastores = { main: { engine: "redis", limits: { memoryMiB: 256 } } };
const api = (used: Record<string, string>) =>
  demoPool({ stores: used, mounts: [{ path: "/srv", shared: "files" }] });

const rule = "data must be used by one deployment alone";

describe("a second state of the same stack", () => {
  beforeAll(() => provide(dialects.redis.image));
  const first = useDeployment({
    name: "twin",
    pools: { api: api(stores) },
    settings: { datastores },
  });
  let second: Workspace;

  beforeAll(async () => {
    second = await first().secondState();
  });
  afterAll(async () => {
    await second.destroy();
  });

  const storeOf = async (workspace: Workspace): Promise<StoreOutputs> => {
    const { main } = (await workspace.outputs()).stores ?? {};
    if (main === undefined) throw new Error("There is no datastore.");
    return main;
  };
  const ask = async (workspace: Workspace, command: string): Promise<string> => {
    const { url, containers } = await storeOf(workspace);
    const script = `redis-cli --no-auth-warning -u "$URL" ${command}`;
    return docker("exec", `--env=URL=${url}`, containers[0] ?? "", "sh", "-c", script);
  };
  const write = async (workspace: Workspace): Promise<void> => {
    expect(await ask(workspace, "SET kept 1")).toBe("OK");
    const [replica = ""] = await findRunning(workspace.label, "flotilla.replica=api-1");
    await docker("exec", replica, "sh", "-c", "echo kept >/srv/kept");
  };

  test("is refused before a container starts, and the first goes on with its data", async () => {
    await write(first());
    const { containers } = await findHoldings(first().label);
    const preview = await second.preview();
    expect(preview.ok).toBe(false);
    expect(preview.text).toContain(rule);

    const listen = await watchEvents(first().label);
    const { ok, text, seconds } = await second.up();
    const started = (await listen()).filter(({ action }) => ["create", "start"].includes(action));
    record({
      operation: "a second state of the same stack: containers that it started",
      ...{ requests: 1, failed: started.length, seconds, held: !ok && started.length === 0 },
    });
    expect(ok).toBe(false);
    const [server = ""] = (await storeOf(first())).containers;
    expect(text).toContain(`${rule}, got flotilla-${first().stack}-main by ${server} (main of stack`);
    expect(text).toContain(`docker rm --force ${server}`);
    expect(started).toEqual([]);
    expect((await findHoldings(first().label)).containers.sort()).toEqual(containers.sort());

    expect((await fetch(first().url)).status).toBe(200);
    expect(await ask(first(), "GET kept")).toBe("1");
    // Its state has networks of its own by now.
    expect((await second.preview()).text).toContain(rule);
  });

  test("is refused the files that replicas share too", async () => {
    second.configure((settings) => {
      settings.datastores = {};
      settings.pools.api = api({});
    });
    const { ok, text } = await second.up();
    expect(ok).toBe(false);
    expect(text).toContain(`LoadBalancedService "app": ${rule}, got flotilla-${second.stack}-app-files by`);
    second.configure((settings) => {
      settings.datastores = datastores;
      settings.pools.api = api(stores);
    });
  });

  test("takes over what the first has left, but not from somebody else", async () => {
    const again = await first().deploy();
    expect(again.changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect((await first().destroy()).ok).toBe(true);

    const volume = `flotilla-${second.stack}-main`;
    const foreign = await docker("create", `--volume=${volume}:/data`, "node:24-slim");
    try {
      const { ok, text } = await second.up();
      expect(ok).toBe(false);
      expect(text).toMatch(/by \S+ \(not of Flotilla, created\)/);
    } finally {
      await docker("rm", foreign);
    }

    await second.deploy();
    expect(await ask(second, "GET kept")).toBe("1");
    const [replica = ""] = await findRunning(second.label, "flotilla.replica=api-1");
    expect(await docker("exec", replica, "cat", "/srv/kept")).toBe("kept");
    expect((await second.preview()).changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect((await second.destroy()).ok).toBe(true);
    expect((await second.up()).ok).toBe(true);
  });
});
