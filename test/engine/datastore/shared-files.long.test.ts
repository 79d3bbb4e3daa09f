import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { docker, findRunning, until } from "../support/engine";
import { record } from "../support/rows";
import type { PoolSettings } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";

const warning = "Several replicas write to the shared volume files at the same time: shop (2).";

function filesPool(settings: PoolSettings): PoolSettings {
  return {
    image: "node:24-slim",
    port: 3000,
    command: ["node", "/app/server.js"],
    files: { "/app/server.js": "apps/files-server.js" },
    env: { FOLDER: "/srv", VERSION: "1" },
    healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 8 },
    ...settings,
  };
}

describe("files that replicas share", () => {
  const workspace = useWorkspace({
    name: "files",
    pools: {
      // The image has this folder, empty and root's.
      shop: filesPool({ replicas: 2, user: "1000:1000", mounts: [{ path: "/srv", shared: "files" }] }),
      reader: filesPool({
        user: "1001:1001",
        env: { FOLDER: "/in", VERSION: "1" },
        mounts: [{ path: "/in", shared: "files", readOnly: true }],
      }),
    },
    settings: {
      routes: [
        { pool: "shop" },
        { pool: "reader", path: "/reader/", rewrite: { pattern: "^/reader(/.*)$", to: "$1" } },
      ],
    },
  });
  /** Names of all files whose making was acknowledged. */
  const made = new Set<string>();

  beforeAll(() => {
    cpSync(join(__dirname, "support/files-server.js"), join(workspace().folder, "apps/files-server.js"));
  });

  async function make(): Promise<string> {
    const answer = await fetch(workspace().url, { method: "POST" });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    made.add(text);
    return text;
  }

  async function countMissing(): Promise<number> {
    const found = new Set((await (await fetch(workspace().url)).text()).split("\n"));
    return [...made].filter((name) => !found.has(name)).length;
  }

  test("can be written by a user who is not root, and warn of writers at the same time", async () => {
    const preview = await workspace().preview();
    expect(preview.text).toContain(warning);
    const run = await workspace().deploy();
    expect(run.text).toContain(warning);
    for (let count = 0; count < 20; count++) await make();
    expect(await countMissing()).toBe(0);
    const again = await workspace().deploy();
    expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  });

  test("are read and not written by a pool that only reads", async () => {
    const name = await make();
    const read = await fetch(`${workspace().url}/reader/${name}`);
    expect({ status: read.status, text: (await read.text()).length > 0 }).toEqual({
      status: 200,
      text: true,
    });
    const written = await fetch(`${workspace().url}/reader/`, { method: "POST" });
    expect({ status: written.status, text: await written.text() }).toEqual({ status: 500, text: "EROFS" });
  });

  test("are the same for replicas of two versions during an update", async () => {
    const faults: string[] = [];
    const authors = new Set<string>();
    const done = new AbortController();
    const before = made.size;
    const startedAt = performance.now();
    const client = (async () => {
      while (!done.signal.aborted) {
        try {
          const name = await make();
          // Any replica may answer, of either version.
          const answer = await fetch(`${workspace().url}/${name}`);
          if (answer.ok) authors.add(await answer.text());
          else faults.push(`${name}: ${answer.status}`);
        } catch (error) {
          faults.push(String(error));
        }
      }
    })();
    const seenTogether = (async () => {
      await until("replicas of both versions run", async () => (await findShops()).length === 4, 120);
      const name = await make();
      const shops = await findShops();
      return Promise.all(
        shops.map((shop) => docker("exec", shop, "cat", `/srv/${name}`).then(Boolean, () => false)),
      );
    })();
    workspace().configure((settings) => {
      Object.assign(settings.pools.shop?.env ?? {}, { VERSION: "2" });
    });
    await workspace().deploy();
    await wait(2000);
    done.abort();
    await client;
    const missing = (await countMissing()) + faults.length;
    record({
      operation: "files shared by replicas of two versions during an update (files, lost or unseen)",
      ...{ requests: made.size - before, failed: missing, held: missing === 0 },
      seconds: (performance.now() - startedAt) / 1000,
      note: `written by ${authors.size} replicas`,
    });
    expect(faults).toEqual([]);
    expect(missing).toBe(0);
    expect(await seenTogether).toEqual([true, true, true, true]);
    const versions = [...authors].map((author) => author.split(" ")[1]);
    expect(new Set(versions)).toEqual(new Set(["1", "2"]));
  });

  async function findShops(): Promise<string[]> {
    return findRunning(workspace().label, "flotilla.pool=shop");
  }

  test("are refused to pools that would write as different users, before anything changes", async () => {
    const shops = await findShops();
    workspace().configure(({ pools }) => {
      Object.assign(pools.reader ?? {}, { mounts: [{ path: "/in", shared: "files" }] });
    });
    const run = await workspace().up();
    expect(run.ok).toBe(false);
    expect(run.text).toContain(
      "Pools write to the shared volume files as different users: reader as 1001:1001, shop as 1000:1000.",
    );
    expect(await findShops()).toEqual(shops);
    workspace().configure(({ pools }) => {
      Object.assign(pools.reader ?? {}, { mounts: [{ path: "/in", shared: "files", readOnly: true }] });
    });
    await workspace().deploy();
  });

  test("are there when the stack was removed and comes back", async () => {
    await workspace().destroy();
    await workspace().deploy();
    const missing = await countMissing();
    record({
      operation: "shared files, stack removed and deployed again (files, lost)",
      ...{ requests: made.size, failed: missing, seconds: 0, held: missing === 0 },
    });
    expect(missing).toBe(0);
    await make();
  });
});
