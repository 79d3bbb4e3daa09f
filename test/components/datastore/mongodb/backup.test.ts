import { beforeEach, describe, expect, test } from "vitest";
import { type DatastoreArgs, DatastoreEngine } from "../../../../components";
import { backupMongoshJs } from "../../../../components/datastore/mongodb/texts";
import { derivePassword } from "../../../../components/datastore/recipe";
import { FakeDatabase } from "../../../support/fake-mongo-database";
import { FakeServers } from "../../../support/fake-mongosh";
import { recipeOf } from "../../../support/stores";

const secrets = { version: 1, current: "hunter2-hunter2-hunter2", administrator: "swordfish-swordfish" };
const mongodb: DatastoreArgs = { engine: DatastoreEngine.Mongodb, backup: {} };
const script = `const task = { database: "app" };\n${backupMongoshJs}`;
const documents = [{ _id: 1 }, { _id: 2 }];

function functionsOf(args: DatastoreArgs): string {
  return recipeOf("main", args).backup.functions;
}

describe("backups of MongoDB", () => {
  test("are made by a user who may read the application's database, and nothing else", () => {
    const servers = new FakeServers();
    servers.users["admin.administrator"] = { pwd: secrets.administrator, roles: ["root"] };
    expect(servers.run(recipeOf("main", mongodb).configure(secrets))).toBe(0);
    expect(servers.users["admin.backup"]).toEqual({
      pwd: derivePassword(secrets, "backup"),
      roles: [{ role: "read", db: "app" }],
    });
    const { configure } = recipeOf("main", { engine: DatastoreEngine.Mongodb });
    expect(servers.run(configure(secrets))).toBe(0);
    expect(Object.keys(servers.users)).toEqual(["admin.administrator", "app.app_v1"]);
  });

  test("give the tools no password as an argument", () => {
    expect(functionsOf(mongodb)).toContain(
      'settings backup | mongodump --config=/dev/stdin --db="$database" ',
    );
    expect(functionsOf(mongodb)).toMatch(/settings administrator \| load .* --config=\/dev\/stdin /);
  });

  test("are of the primary of a replica set, whichever server it is", () => {
    expect(functionsOf({ ...mongodb, mongodb: { servers: 3, database: "shop" } })).toContain(
      "hosts='main-1:27017,main-2:27017,main-3:27017'\nquery='authSource=admin&replicaSet=main'\n",
    );
    expect(functionsOf(mongodb)).toContain("hosts='main:27017'\nquery='authSource=admin'\n");
  });

  test("are tried out on a server that nobody else reaches", () => {
    expect(functionsOf(mongodb)).toMatch(/mongod --dbpath "\$scratch\/data" --bind_ip 127\.0\.0\.1 /);
  });
});

describe("the script of a backup", () => {
  let database = new FakeDatabase();
  beforeEach(() => {
    database = new FakeDatabase();
    database.collections = {
      orders: { documents, indexes: 3 },
      open: { type: "view" },
      "system.views": {},
      flotilla_restored_orders: {},
    };
  });

  test("counts documents, indexes and views of the application", () => {
    expect(database.run(script, "count").lines).toEqual(["orders 2", "indexes of orders 3", "view open 1"]);
  });

  test("counts the documents that were dumped, not those that came since", () => {
    const log = [
      "2026-11-21T03:00:00.000+0000\tdone dumping app.orders (1 document)",
      "2026-11-21T03:00:00.000+0000\tdone dumping `app.menu items` (12 documents)",
    ].join("\n");
    database.collections["menu items"] = { documents };
    database.collections.later = { documents };
    expect(database.run(script, "count-dumped", log).lines).toEqual([
      ...["orders 1", "indexes of orders 3", "view open 1"],
      ...["menu items 12", "indexes of menu items 1"],
    ]);
  });

  test("says so where something cannot be brought back", () => {
    database.collections.measures = { type: "timeseries" };
    expect(database.run(script, "count-dumped").code).toBe(1);
    expect(database.errors).toEqual([
      "The collection measures is a time series, which cannot be backed up this way.",
    ]);
  });

  /** A dump of two collections and a view has been loaded beside what is there. */
  function load(): void {
    database.collections = {
      orders: { documents: [] },
      other: { documents },
      old: { type: "view" },
      flotilla_restored_orders: { documents, indexes: 2 },
      flotilla_restored_menus: { documents },
      flotilla_restored_open: { type: "view", options: { viewOn: "orders", pipeline: [{ $match: {} }] } },
    };
  }
  const restored = ["orders 2", "indexes of orders 2", "menus 2", "indexes of menus 1", "view open 1"];

  test("puts what was loaded in the place of what is there, while nobody writes", () => {
    load();
    expect(database.run(script, "replace")).toEqual({ code: 0, lines: restored });
    expect(Object.keys(database.collections)).toEqual(["orders", "menus", "open"]);
    expect(database.collections.open?.options).toEqual({ viewOn: "orders", pipeline: [{ $match: {} }] });
    expect(database.done[0]).toBe("app_v1 nothing");
    expect(database.done.at(-2)).toBe("app_v1 readWrite");
    expect(database.roles).toEqual({ app_v1: ["readWrite"], owner: ["dbOwner"] });
  });

  test("takes no roles away where a server knows none", () => {
    load();
    database.knowsRoles = false;
    expect(database.run(script, "replace").lines).toEqual(restored);
    expect(database.done.join()).not.toContain("app_v1");
  });

  test("goes on where it was interrupted, and gives the roles back", () => {
    load();
    database.stuck = "menus";
    expect(database.run(script, "replace").code).toBe(1);
    expect(database.roles.app_v1).toEqual([]);
    expect(database.errors).toEqual(["it is stuck"]);
    database.stuck = undefined;
    expect(database.run(script, "recover")).toEqual({ code: 0, lines: [] });
    expect(Object.keys(database.collections).sort()).toEqual(["menus", "open", "orders"]);
    expect(database.collections.orders?.documents).toEqual(documents);
    expect(database.roles.app_v1).toEqual(["readWrite"]);
    expect(database.run(script, "count").lines.sort()).toEqual([...restored].sort());
  });

  test("removes what was loaded where not all of it was", () => {
    load();
    expect(database.run(script, "recover").code).toBe(0);
    expect(Object.keys(database.collections)).toEqual(["orders", "other", "old"]);
    expect(database.done.join()).not.toContain("app_v1");
  });
});
