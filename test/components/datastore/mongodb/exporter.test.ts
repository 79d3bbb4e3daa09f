import { beforeEach, describe, expect, test } from "vitest";
import { DatastoreEngine } from "../../../../components";
import { exporterMongoshJs } from "../../../../components/datastore/mongodb/texts";
import { derivePassword } from "../../../../components/datastore/recipe";
import { FakeExporterShell } from "../../../support/fake-exporter-shell";
import { FakeServers } from "../../../support/fake-mongosh";
import { recipeOf } from "../../../support/stores";

const secrets = { version: 1, current: "hunter2-hunter2-hunter2", administrator: "swordfish-swordfish" };
const engine = DatastoreEngine.Mongodb;

describe("the exporter of MongoDB", () => {
  const recipe = recipeOf("main", { engine, metrics: true, mongodb: { servers: 3 } });

  test("is one beside each member, of the datastore's own image and not as root", () => {
    expect(recipe.exporters.map(({ title, server, image }) => [title, server, image])).toEqual([
      ["exporter", "main-1", undefined],
      ["exporter-2", "main-2", undefined],
      ["exporter-3", "main-3", undefined],
    ]);
    const [exporter] = recipe.exporters;
    expect([exporter?.user, exporter?.command?.[0], exporter?.needsNoRoot]).toEqual([
      "mongodb",
      "mongosh",
      true,
    ]);
    expect(exporter?.limits).toEqual({ cpus: 0.25, memoryMiB: 256 });
    const password = derivePassword(secrets, "monitoring");
    expect(exporter?.files?.(secrets)).toMatchObject({ "/etc/flotilla/monitoring-password": password });
    expect(JSON.stringify([exporter?.command, exporter?.env])).not.toContain(password);
  });

  test("has a user who sees figures and no documents, and who goes with it", () => {
    const servers = new FakeServers();
    servers.users["admin.administrator"] = { pwd: secrets.administrator, roles: ["root"] };
    expect(servers.run(recipeOf("main", { engine, metrics: true }).configure(secrets))).toBe(0);
    expect(servers.users["admin.monitoring"]).toEqual({
      pwd: derivePassword(secrets, "monitoring"),
      roles: [{ role: "clusterMonitor", db: "admin" }],
    });
    expect(servers.run(recipeOf("main", { engine }).configure(secrets))).toBe(0);
    expect(servers.users["admin.monitoring"]).toBeUndefined();
  });
});

/** A number as the shell gives it where 53 bits may be too few. */
const long = (value: number): object => ({ _bsontype: "Long", toString: () => String(value) });

describe("the figures of MongoDB", () => {
  let shell = new FakeExporterShell(exporterMongoshJs);
  beforeEach(() => {
    shell = new FakeExporterShell(exporterMongoshJs);
    shell.answers = { serverStatus: { ok: 1, uptime: 12.5 }, listDatabases: { databases: [] } };
  });
  const figures = async (): Promise<string[]> => (await shell.ask("/metrics")).text.split("\n").slice(0, -1);

  test("are what the server says, and nothing else", async () => {
    expect(await figures()).toEqual([
      ...["# TYPE mongodb_ss_uptime gauge", "mongodb_ss_uptime 12.5"],
      ...["# TYPE mongodb_up gauge", "mongodb_up 1"],
    ]);
    expect(shell.addresses).toEqual([
      "mongodb://monitoring:…@main-1:27017/admin?authSource=admin&directConnection=true&serverSelectionTimeoutMS=3000&socketTimeoutMS=5000&maxPoolSize=2",
    ]);
  });

  test("are of connections, operations, memory, network and the cache", async () => {
    shell.answers.serverStatus = {
      connections: { current: 5, available: long(995), loadBalanced: { no: "number" } },
      opcounters: { insert: long(7), deprecated: { insert: 1 } },
      metrics: { commands: { find: { total: long(3), failed: long(1) }, drop: { total: 0, failed: 0 } } },
      mem: { resident: 100, virtual: 1000, supported: true },
      network: { bytesIn: long(1), bytesOut: long(2), numRequests: long(3) },
      wiredTiger: { cache: { "bytes currently in the cache": 4, "maximum bytes configured": 8, other: 1 } },
    };
    expect((await figures()).filter((line) => !line.startsWith("#"))).toEqual([
      'mongodb_ss_connections{conn_type="current"} 5',
      'mongodb_ss_connections{conn_type="available"} 995',
      "mongodb_ss_mem_resident 100",
      "mongodb_ss_mem_virtual 1000",
      'mongodb_ss_metrics_commands_failed{cmd_name="find"} 1',
      'mongodb_ss_metrics_commands_total{cmd_name="find"} 3',
      "mongodb_ss_network_bytesIn 1",
      "mongodb_ss_network_bytesOut 2",
      "mongodb_ss_network_numRequests 3",
      'mongodb_ss_opcounters{legacy_op_type="insert"} 7',
      "mongodb_ss_wt_cache_bytes_currently_in_the_cache 4",
      "mongodb_ss_wt_cache_maximum_bytes_configured 8",
      "mongodb_up 1",
    ]);
  });

  test("are of each member of a replica set, and how far it is behind", async () => {
    const at = (seconds: number): Date => new Date(seconds * 1000);
    const member = (name: string, stateStr: string, optimeDate?: Date): object => ({
      ...{ name, stateStr, state: stateStr === "PRIMARY" ? 1 : 2, health: 1, optimeDate },
    });
    shell.answers.replSetGetStatus = {
      set: "main",
      members: [
        member("main-1:27017", "PRIMARY", at(100)),
        member("main-2:27017", "SECONDARY", at(83)),
        member("main-3:27017", "SECONDARY", at(101)),
      ],
    };
    const lines = await figures();
    expect(lines).toContain('mongodb_rs_members_state{member_idx="main-1:27017",member_state="PRIMARY"} 1');
    expect(lines.filter((line) => line.includes("replication_lag{"))).toEqual([
      'mongodb_mongod_replset_member_replication_lag{name="main-2:27017",set="main",state="SECONDARY"} 17',
      'mongodb_mongod_replset_member_replication_lag{name="main-3:27017",set="main",state="SECONDARY"} 0',
    ]);
  });

  test("are of each database, with names that Prometheus can read", async () => {
    shell.answers.listDatabases = { databases: [{ name: "app" }, { name: 'a"b' }] };
    shell.answers["dbStats app"] = { objects: long(12), totalSize: 4096, db: "app" };
    shell.answers['dbStats a"b'] = { objects: 1 };
    const lines = await figures();
    expect(lines).toContain('mongodb_dbstats_objects{database="app"} 12');
    expect(lines).toContain('mongodb_dbstats_totalSize{database="app"} 4096');
    expect(lines).toContain('mongodb_dbstats_objects{database="a\\"b"} 1');
    expect(lines.filter((line) => line === "# TYPE mongodb_dbstats_objects gauge")).toHaveLength(1);
  });

  test("say that the server is down where nobody can sign in, and why once", async () => {
    shell.refusal = new Error("Authentication failed.");
    const down = ["# TYPE mongodb_up gauge", "mongodb_up 0"];
    expect(await figures()).toEqual(down);
    expect(await figures()).toEqual(down);
    expect(shell.errors).toEqual(["Authentication failed."]);
    shell.refusal = undefined;
    expect(await figures()).toContain("mongodb_up 1");
    shell.answers.serverStatus = new Error("connection closed");
    expect(await figures()).toEqual(down);
  });

  test("are asked for once where two want them at the same time", async () => {
    const [one, other] = await Promise.all([figures(), figures()]);
    expect(other).toEqual(one);
    expect(shell.asked).toBe(1);
  });

  test("are at one path", async () => {
    expect(await shell.ask("/")).toEqual({ status: 200, text: "Figures are at /metrics.\n" });
    expect((await shell.ask("/other")).status).toBe(404);
  });
});
