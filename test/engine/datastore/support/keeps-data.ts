import { beforeAll, describe, expect, test } from "vitest";
import { docker, findRunning, succeeds } from "../../support/engine";
import { demoPool, type StackSettings } from "../../support/settings";
import { useDeployment } from "../../support/use-workspace";
import type { StoreOutputs } from "../../support/workspace";
import { record, skipUntried } from "../../support/record";
import { isStandIn, noRights, provide } from "../../sealed/containers";
import { followWrites, killServer } from "./acknowledged";
import { askFrom, dialects, type TriedEngine } from "./writers";

interface DatastoreSettings {
  main: Record<string, unknown>;
}

function firstOf(names: string[]): string {
  const [first] = names;
  if (first === undefined) throw new Error("The datastore has no container.");
  return first;
}

function storeOf(settings: StackSettings): Record<string, unknown> {
  return (settings.datastores as DatastoreSettings).main;
}

/** Settings that it starts with. */
const firstSettings: Record<TriedEngine, Record<string, unknown>> = {
  redis: { limits: { memoryMiB: 256 } },
  postgres: { limits: { memoryMiB: 256 } },
  mongodb: { limits: { memoryMiB: 512 }, startSeconds: 300 },
  kafka: { limits: { memoryMiB: 1000 }, kafka: { topics: { entries: { partitions: 3 } } } },
};

/** Settings that make another container. */
const otherSettings: Record<TriedEngine, Record<string, unknown>> = {
  redis: { redis: { maxMemoryMiB: 100 } },
  postgres: { postgres: { maxConnections: 50 } },
  mongodb: { limits: { memoryMiB: 2048 } },
  kafka: { limits: { memoryMiB: 1100 } },
};

/** Tests that a datastore keeps what it acknowledged, and lets in only who shall be. */
export function testKeepsData(engine: TriedEngine, title: string = engine, image?: string): void {
  describe(title, () => {
    testEngine(engine, title, image);
  });
}

function testEngine(engine: TriedEngine, title: string, image?: string): void {
  const dialect = dialects[engine];
  beforeAll(() => provide(dialect.image, ...(image === undefined ? [] : [image])));
  const workspace = useDeployment({
    name: engine,
    pools: {
      api: demoPool({ stores: { STORE_URL: "main" } }),
      jobs: demoPool({ reachableFrom: ["api"] }),
    },
    settings: {
      datastores: {
        main: { engine, ...(image === undefined ? {} : { image }), ...firstSettings[engine] },
      },
    },
  });
  const writes = followWrites(workspace, dialect);

  async function ask(url: string, network: string): Promise<number | null> {
    return (await askFrom(network, dialect.image, url, dialect.ask)).code;
  }

  /** Does something while writers write, and checks that nothing that was ever acknowledged is lost. */
  async function underWrites(
    operation: string,
    operate: (store: StoreOutputs) => Promise<unknown>,
  ): Promise<void> {
    expect(await writes.underWrites(`${title}: ${operation}`, operate)).toBe(0);
  }

  test("has users apart from its administrator, and refuses all others", async () => {
    const { url, network, containers } = await writes.find();
    const prepared = await docker("exec", "-i", firstOf(containers), "sh", "-c", dialect.prepare);
    expect(prepared).not.toContain("ERROR");
    expect(await ask(url, network)).toBe(0);
    expect(await ask(url.replace(/:[^:@]*@/, ":wrong-password@"), network)).not.toBe(0);
    expect(await ask(url.replace(/\/\/.*@/, "//"), network)).not.toBe(0);
  });

  test("does not let the pools' user administrate it", async (context) => {
    const operation = `${title}: the pools' user may not administrate`;
    if (engine === "mongodb" && (await isStandIn(dialect.image))) skipUntried(context, [operation], noRights);
    const { url, network } = await writes.find();
    const { code, text } = await askFrom(network, dialect.image, url, dialect.administrate);
    record({ operation, requests: 1, failed: code === 0 ? 1 : 0, seconds: 0, held: code !== 0 });
    expect(code, text).not.toBe(0);
  });

  test("is reached by the pools that name it, and by nobody else", async () => {
    const { url, containers } = await writes.find();
    const container = firstOf(containers);
    const [user = "", other = ""] = await Promise.all(
      ["api", "jobs"].map(async (pool) => (await findRunning(workspace().label, `flotilla.pool=${pool}`))[0]),
    );
    const address = await docker(
      "inspect",
      "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      container,
    );
    const port = new URL(url.replace(/^[a-z]+:/, "http:")).port;
    const connect = (host: string) =>
      `const s=require("net").connect(${port},"${host}",()=>process.exit(0));s.on("error",()=>process.exit(1));setTimeout(()=>process.exit(2),2000)`;
    const tryFrom = (replica: string, host: string) =>
      succeeds(docker("exec", replica, "node", "-e", connect(host)));
    expect(await tryFrom(user, "main")).toBe(true);
    expect(await tryFrom(other, "main")).toBe(false);
    expect(await tryFrom(other, address)).toBe(false);
    expect(await docker("port", container)).toBe("");
  });

  test("keeps its passwords to itself", async () => {
    const { url, containers } = await writes.find();
    const password = new URL(url.replace(/^[a-z]+:/, "http:")).password;
    const run = await workspace().deploy();
    expect(run.changes, run.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect(run.text).not.toContain(password);
    expect(await docker("inspect", ...containers)).not.toContain(password);
    expect(await workspace().exportState()).not.toContain(password);
  });

  test("loses no acknowledged write when its process is killed", async () => {
    await underWrites("kill -9 of the server", ({ containers }) => killServer(firstOf(containers)));
  });

  test("loses no acknowledged write when its container is replaced, and its pools keep theirs", async () => {
    const findUsers = () => findRunning(workspace().label, "flotilla.pool=api");
    const users = await findUsers();
    await underWrites("its container is replaced", async ({ containers }) => {
      workspace().configure((settings) => {
        Object.assign(storeOf(settings), otherSettings[engine]);
      });
      await workspace().deploy();
      expect((await writes.find()).containers).not.toEqual(containers);
    });
    expect(await findUsers()).toEqual(users);
  });

  test("has a new password without a new container, and the one before works until the next", async () => {
    const before = await writes.find();
    await underWrites("a new password", async () => {
      workspace().configure((settings) => {
        storeOf(settings).passwordVersion = 2;
      });
      await workspace().deploy();
    });
    const after = await writes.find();
    expect(after.url).not.toBe(before.url);
    expect(after.containers).toEqual(before.containers);
    expect(await ask(after.url, after.network)).toBe(0);
    expect(await ask(before.url, after.network)).toBe(0);
    workspace().configure((settings) => {
      storeOf(settings).passwordVersion = 3;
    });
    await workspace().deploy();
    const { url, network } = await writes.find();
    expect(await ask(url, network)).toBe(0);
    expect(await ask(after.url, network)).toBe(0);
    expect(await ask(before.url, network)).not.toBe(0);
  });

  test("finds its data again after the stack was removed", async () => {
    await underWrites("stack removed and deployed again, by the count", () => Promise.resolve());
    const before = await writes.find();
    const destroyed = await workspace().destroy();
    expect(destroyed.ok, destroyed.text).toBe(true);
    await workspace().deploy();
    const after = await writes.find();
    expect(after.volumes).toEqual(before.volumes);
    expect(await writes.countMissing()).toBe(0);
  });

  test("does not give its data to another engine", async () => {
    const other = engine === "redis" ? "postgres" : "redis";
    workspace().configure((settings) => {
      settings.datastores = { main: { engine: other } };
    });
    for (const run of [await workspace().preview(), await workspace().up()]) {
      expect(run.ok).toBe(false);
      expect(run.text).toContain(`Datastore "main": engine must stay ${engine}, got "${other}".`);
    }
    expect(await writes.countMissing()).toBe(0);
  });
}
