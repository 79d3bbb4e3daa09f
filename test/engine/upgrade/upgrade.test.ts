import { afterAll, beforeAll, expect, test } from "vitest";
import { countMissing, dialects, startWriters, type TriedEngine } from "../datastore/support/writers";
import { provide } from "../sealed/containers";
import { docker, findHoldings, findReplica } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask, askForAnswer } from "../support/requests";
import { record, row } from "../support/rows";
import { demoPool } from "../support/settings";
import { createWorkspace, type StoreOutputs, type Workspace } from "../support/workspace";
import { lastRelease, withLastRelease } from "./last-release";

const engines: TriedEngine[] = ["redis", "postgres", "mongodb", "kafka"];
const written = new Map<TriedEngine, Set<string>>();
let before: Workspace;
/** The same stack with the files of the present version. */
let present: Workspace;
let fileId = "";

beforeAll(async () => {
  await provide(...engines.map((engine) => dialects[engine].image));
  const monitoringPort = await findFreePort();
  // Alertmanager and Grafana have the next two.
  await findFreePort();
  await findFreePort();
  await withLastRelease(async (source) => {
    before = await createWorkspace({
      name: "upgrade",
      source,
      pools: {
        api: demoPool({
          replicas: 3,
          env: { VERSION: "old", UPSTREAM_URL: "http://worker:3000/" },
          secrets: ["TOKEN"],
          metrics: { path: "/metrics" },
          mounts: [{ path: "/data", shared: "files" }],
          stores: Object.fromEntries(engines.map((engine) => [`${engine.toUpperCase()}_URL`, engine])),
        }),
        worker: demoPool({ replicas: 2, reachableFrom: ["api"] }),
      },
      settings: {
        datastores: {
          redis: { engine: "redis", metrics: true },
          postgres: { engine: "postgres", metrics: true, backup: {} },
          mongodb: { engine: "mongodb", startSeconds: 300 },
          kafka: { engine: "kafka", kafka: { topics: { entries: { partitions: 3 } } } },
        },
        monitoring: { port: monitoringPort },
      },
    });
  });
  await before.deploy();
  present = before.secondCheckout();
  fileId = await runInApi("echo kept > /data/file; echo $TOKEN | sha256sum; cat /data/file");
  for (const engine of engines) written.set(engine, await writeInto(engine));
});

// The present version takes down what the last release began.
afterAll(() => present.remove());

test(`a stack of ${lastRelease.version} goes over to this version without losing a request or an entry`, async () => {
  const operation = `all of a stack of ${lastRelease.version} is updated by this version`;
  const { result } = await row({ operation, target: before.url }, () => present.deploy());
  expect(result.ok).toBe(true);
  for (const engine of engines) {
    const keys = written.get(engine) ?? new Set();
    const missing = await countMissing(dialects[engine], await findStore(engine), keys);
    record({
      operation: `${engine}: entries of before the update (entries, lost)`,
      ...{ requests: keys.size, failed: missing, seconds: 0, held: missing === 0 && keys.size > 0 },
    });
    expect(missing, engine).toBe(0);
    expect(keys.size, engine).toBeGreaterThan(0);
  }
});

test("shared files and generated secrets are those of before", async () => {
  expect(await runInApi("echo $TOKEN | sha256sum; cat /data/file")).toBe(fileId);
});

test("every part of it works, nothing is left over, and a second `up` changes nothing", async () => {
  expect(await ask(`${before.url}/healthz`)).toEqual({ status: 200, body: '{"status":"ok"}' });
  const { upstream } = await askForAnswer(`${before.url}/upstream`);
  expect(upstream?.served_by.instance).toMatch(/^worker-/);
  const { containers } = await findHoldings(before.label);
  expect(containers.sort()).toEqual((await present.knownContainers()).sort());
  const states = await Promise.all(
    containers.map((id) => docker("inspect", "--format={{.Name}} {{.State.Status}}", id)),
  );
  expect(states.filter((state) => !state.endsWith(" running"))).toEqual([]);
  const { changes, text } = await present.deploy();
  expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});

async function runInApi(script: string): Promise<string> {
  return docker("exec", await findReplica(before.label, "api-1"), "sh", "-c", script);
}

async function findStore(engine: TriedEngine): Promise<StoreOutputs> {
  const { [engine]: store } = (await before.outputs()).stores ?? {};
  if (store === undefined) throw new Error(`The program exports no datastore ${engine}.`);
  return store;
}

/** Writes some entries; gives those that were acknowledged. */
async function writeInto(engine: TriedEngine): Promise<Set<string>> {
  const store = await findStore(engine);
  await docker("exec", "-i", store.containers[0] ?? "", "sh", "-c", dialects[engine].prepare);
  const writers = startWriters(dialects[engine], store);
  try {
    await writers.waitFor(50);
  } finally {
    written.set(engine, (await writers.stop()).acknowledged);
  }
  return written.get(engine) ?? new Set();
}
