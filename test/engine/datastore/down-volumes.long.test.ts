import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Result } from "../../../cli/result";
import { type Clone, createClone } from "../support/clone";
import { docker, dockerLines } from "../support/engine";
import { findFreePort } from "../support/ports";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";

/** A project of this run: what a stack prod of Flotilla has on this engine is nobody's to remove. */
const project = `flotilla-down-${process.pid}`;
/** The stack whose data are protected unless it says otherwise. */
const prod = "prod";
const dev = "test";
const foreign = `${project}-foreign`;
const backups = `${project}-backups`;
let clone: Clone;
let port: number;

const volumeOf = (stack: string, store: string) => `${project}-${stack}-${store}`;

function configure(stack: string, stores: Record<string, Record<string, unknown>>): void {
  const datastores = Object.entries(stores).map(([name, args]) => [name, { engine: "redis", ...args }]);
  const config = {
    "flotilla:pools": { api: demoPool() },
    "flotilla:balancer": { port },
    "flotilla:datastores": Object.fromEntries(datastores) as unknown,
  };
  writeFileSync(join(clone.folder, `Pulumi.${stack}.yaml`), `${JSON.stringify({ config }, undefined, 2)}\n`);
}

async function up(stack: string): Promise<Result> {
  const result = await clone.npm("up", stack);
  expect(result.errors).toEqual([]);
  expect(result.ok).toBe(true);
  return result;
}

async function findVolumes(stack: string): Promise<string[]> {
  const names = await dockerLines("volume", "ls", "--format={{.Name}}");
  return names.filter((name) => name.startsWith(volumeOf(stack, ""))).sort();
}

beforeAll(async () => {
  clone = await createClone();
  port = await findFreePort();
  const file = join(clone.folder, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^name: .*/, `name: ${project}`));
  await docker("volume", "create", foreign);
  const labels = [`flotilla.stack=${project}/${dev}`, "flotilla.role=backups", "flotilla.store=cache"];
  await docker("volume", "create", ...labels.map((label) => `--label=${label}`), backups);
});

afterAll(async () => {
  for (const stack of [dev, prod]) {
    await clone.npm("down", stack).catch(() => undefined);
  }
  const left = [...(await findVolumes(dev)), ...(await findVolumes(prod)), foreign, backups];
  await docker("volume", "rm", "--force", ...left);
  clone.remove();
});

test("down keeps the data, and says how to remove them", async () => {
  configure(dev, { cache: {}, queue: {} });
  await up(dev);
  const volumes = [volumeOf(dev, "cache"), volumeOf(dev, "queue")];
  expect(await clone.npm("down", dev)).toMatchObject({ ok: true, volumes: { kept: volumes, removed: [] } });
  expect(await findVolumes(dev)).toEqual(volumes);
});

test("a datastore that is taken out of the configuration is not forgotten", async () => {
  configure(dev, { cache: {} });
  await up(dev);
  expect((await clone.npm("preview", dev)).warnings.join()).toContain(
    `The volume ${volumeOf(dev, "queue")} keeps the data of the datastore "queue" (redis)`,
  );
});

test("down --volumes asks, and removes this stack's data alone", async () => {
  const volumes = [volumeOf(dev, "cache"), volumeOf(dev, "queue")];
  const asked = await clone.npm("down", dev, "--volumes");
  expect(asked).toMatchObject({ ok: false, volumes: { kept: volumes, removed: [] } });
  expect(asked.errors.join()).toMatch(/nobody to ask: add --yes[^]*the data of datastore cache \(redis\)/);
  expect(await dockerLines("ps", "--quiet", `--filter=label=flotilla.stack=${project}/${dev}`)).not.toEqual(
    [],
  );

  const startedAt = performance.now();
  const down = await clone.npm("down", dev, "--volumes", "--yes");
  expect(down).toMatchObject({ ok: true, volumes: { kept: [], removed: volumes } });
  const left = await findVolumes(dev);
  const others = (await dockerLines("volume", "ls", "--format={{.Name}}")).filter((name) =>
    [foreign, backups].includes(name),
  );
  record({
    operation: "down --volumes (volumes to remove, left or too many)",
    ...{ requests: volumes.length, failed: left.length + 2 - others.length },
    seconds: (performance.now() - startedAt) / 1000,
    held: left.length === 0 && others.length === 2,
  });
  expect(left).toEqual([]);
  expect(others).toHaveLength(2);
});

test("prod's data are protected until the configuration says otherwise", async () => {
  configure(prod, { cache: {} });
  await up(prod);
  const volumes = [volumeOf(prod, "cache")];
  const refused = await clone.npm("down", prod, "--volumes", "--yes");
  expect(refused).toMatchObject({ ok: false, volumes: { kept: volumes, removed: [] } });
  expect(refused.errors.join()).toContain("Set datastores.cache.protect to false in Pulumi.prod.yaml");
  expect(await dockerLines("ps", "--quiet", `--filter=label=flotilla.stack=${project}/prod`)).not.toEqual([]);

  expect(await clone.npm("down", prod)).toMatchObject({
    ...{ ok: true, errors: [], left: ["cache-data"] },
    volumes: { kept: volumes, removed: [] },
  });
  expect(
    await dockerLines("ps", "--all", "--quiet", `--filter=label=flotilla.stack=${project}/prod`),
  ).toEqual([]);
  await up(prod);

  configure(prod, { cache: { protect: false } });
  await up(prod);
  expect(await clone.npm("down", prod, "--volumes", "--yes")).toMatchObject({
    ...{ ok: true, left: [] },
    volumes: { kept: [], removed: volumes },
  });
  expect(await findVolumes(prod)).toEqual([]);
});
