import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { docker } from "../support/engine";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import type { PulumiRun } from "../support/pulumi-run";
import type { StoreOutputs } from "../support/workspace";
import { provide } from "../sealed/containers";
import { askFrom, dialects } from "./support/writers";

const { image } = dialects.mongodb;

// A replica set needs a real MongoDB, which no package registry has: its recipe is tested as text alone.
describe("a single mongodb, or FerretDB in its place", () => {
  beforeAll(() => provide(image));
  const workspace = useWorkspace({
    name: "mongodb",
    pools: { api: demoPool({ stores: { STORE_URL: "main" } }) },
    settings: { datastores: { main: { engine: "mongodb" } } },
  });
  const settings = {
    indexes: { orders: [{ keys: ["customer", "-placedAt"] }, { keys: ["number"], unique: true }] },
    seeds: ["seed/menus.js", "seed/orders.js"],
  };

  function deployWith(
    mongodb: Record<string, unknown>,
    others: Record<string, unknown> = {},
  ): Promise<PulumiRun> {
    workspace().configure((known) => {
      known.datastores = { main: { engine: "mongodb", ...others, mongodb } };
    });
    return workspace().up();
  }

  function writeSeed(name: string, text: string): void {
    const folder = join(workspace().folder, "seed");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  }

  async function findStore(): Promise<StoreOutputs> {
    const { main } = (await workspace().outputs()).stores ?? {};
    if (main === undefined) throw new Error("The program exports no datastore.");
    return main;
  }

  async function query(script: string, change = (url: string): string => url): Promise<string> {
    const { url, network } = await findStore();
    return (await askFrom(network, image, change(url), `mongosh --quiet --norc "$URL" --eval '${script}'`))
      .text;
  }

  function recordRow(operation: string, requests: number, failed: number, run: PulumiRun): void {
    record({
      operation: `mongodb or FerretDB: ${operation}`,
      ...{ requests, failed, seconds: run.seconds, held: failed === 0 },
    });
  }

  const counts = 'console.log(db.menus.countDocuments() + " " + db.orders.countDocuments())';

  test("has the indexes and the contents that the files say, once", async () => {
    writeSeed("menus.js", 'db.menus.insertMany([{ name: "soup" }, { name: "salad" }]);');
    writeSeed("orders.js", "db.orders.insertOne({ number: db.menus.countDocuments(), customer: 1 });");
    const first = await deployWith(settings);
    expect(first.ok, first.text).toBe(true);
    expect(await query(counts)).toBe("2 1");
    const again = await deployWith(settings, { passwordVersion: 2 });
    expect(again.ok, again.text).toBe(true);
    const found = await query(counts);
    recordRow("seeds are run once (documents, too many)", 3, found === "2 1" ? 0 : 1, again);
    expect(found).toBe("2 1");
    const indexes =
      'console.log(db.orders.getIndexes().map(({ name, unique }) => name + (unique ? "!" : "")).join())';
    expect(await query(indexes)).toBe("_id_,customer_1_placedAt_-1,number_1!");
    expect(await query("db.orders.insertOne({ number: 2 })")).toMatch(/E11000|duplicate/);
  });

  test("refuses wrong passwords, and those who have none", async () => {
    const read = "db.menus.countDocuments()";
    expect(await query(read, (url) => url.replace(/:[^:@]*@/, ":wrong-password@"))).toMatch(
      /Authentication failed/i,
    );
    expect(await query(read, (url) => url.replace(/\/\/.*@/, "//").replace(/\?.*/, ""))).toMatch(
      /requires authentication/,
    );
    expect(await query(read)).toBe("2");
  });

  test("names an index that cannot be made", async () => {
    const indexes = { orders: [{ keys: ["customer"], name: "number_1" }] };
    const run = await deployWith({ ...settings, indexes });
    recordRow("an index whose name is taken is refused by name", 1, run.ok ? 1 : 0, run);
    expect(run.ok).toBe(false);
    expect(run.text).toContain("The index number_1 of orders cannot be made:");
  });

  test("stops at a seed that fails, and runs it again the next time", async () => {
    writeSeed("prices.js", 'throw new Error("no prices yet");');
    const seeds = [...settings.seeds, "seed/prices.js"];
    const run = await deployWith({ ...settings, seeds });
    expect(run.ok).toBe(false);
    expect(run.text).toContain("The seed seed/prices.js failed, and runs again the next time: no prices yet");
    writeSeed("prices.js", "db.prices.insertOne({});");
    const mended = await deployWith({ ...settings, seeds });
    expect(mended.ok, mended.text).toBe(true);
    const found = await query('console.log(db.prices.countDocuments() + " " + db.menus.countDocuments())');
    recordRow(
      "a mended seed is run, the ones before are not (documents, wrong)",
      3,
      found === "1 2" ? 0 : 1,
      mended,
    );
    expect(found).toBe("1 2");
  });

  test("stays the number of servers that its data were written by", async () => {
    const run = await deployWith({ ...settings, servers: 3 });
    expect(run.ok).toBe(false);
    expect(run.text).toContain('Datastore "main": the number of servers must stay 1, got "3".');
    expect((await deployWith(settings)).ok).toBe(true);
  });

  test("shows its passwords to nobody who inspects the container, and leaves no logs of health checks", async () => {
    const { url, containers } = await findStore();
    const { password } = new URL(url.replace(/^[a-z]+:/, "http:"));
    const [container = ""] = containers;
    const kept = await docker("exec", container, "cat", "/data/db/.flotilla-administrator");
    const shown = await docker("inspect", container);
    for (const secret of [password, kept]) expect(shown).not.toContain(secret);
    expect(
      await docker("exec", container, "sh", "-c", "find /data /root /tmp -path '*mongosh*' -name '*_log'"),
    ).toBe("");
  });
});
