import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { ScrapeTarget } from "../../../components";
import { isStandIn, noRights, provide } from "../sealed/containers";
import { docker, findRunning, readState, until } from "../support/engine";
import { record, skipUntried } from "../support/record";
import { scrape, sumFigures } from "../support/scrape";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { followWrites } from "./support/acknowledged";
import { askFrom, dialects } from "./support/writers";

/** How an engine's exporter is tried. */
interface Measured {
  engine: "redis" | "postgres" | "mongodb";
  title: string;
  /** Figure that says whether the server answers. */
  up: string;
  /** Figure that grows with the writers' writes, and its labels. */
  writes: [name: string, labels: string];
  /** File of the exporter with the password. */
  passwordFile: string;
  /** Settings of an exporter of another password. */
  wrong: string[];
  /** Whether it needs the files and the settings that its container has. */
  needsFiles?: boolean;
  /** Shell command that asks the server for figures. */
  watch: string;
  /** Shell commands that ask for data, or change something. */
  refused: string[];
  /** Whether the server's container stays when figures are switched on and off. */
  staysWhenSwitched: boolean;
}

const askRedis = (command: string) => `redis-cli --no-auth-warning -e -u "$URL" ${command}`;
const askMongodb = (script: string) => `mongosh --quiet --norc "$URL" --eval '${script}'`;
const askPostgres = (query: string) => `psql -qtA "$URL" -c "${query}"`;

const all: Measured[] = [
  {
    engine: "redis",
    title: "redis",
    up: "redis_up",
    writes: ["redis_commands_total", 'cmd="set"'],
    passwordFile: "/etc/flotilla/passwords.json",
    wrong: [
      "--env=REDIS_ADDR=redis://main-1:6379",
      "--env=REDIS_USER=monitoring",
      "--env=REDIS_PASSWORD=wrong",
    ],
    watch: askRedis("INFO stats"),
    refused: [
      "GET key",
      "SET key 1",
      "KEYS \\*",
      "SCAN 0",
      "CONFIG GET \\*",
      "SLOWLOG GET",
      "ACL LIST",
      "FLUSHALL",
    ].map(askRedis),
    staysWhenSwitched: false,
  },
  {
    engine: "postgres",
    title: "postgres",
    up: "pg_up",
    writes: ["pg_stat_user_tables_n_tup_ins", 'relname="entries"'],
    passwordFile: "/etc/flotilla/monitoring-password",
    wrong: [
      "--env=DATA_SOURCE_URI=main-1:5432/app?sslmode=disable",
      "--env=DATA_SOURCE_USER=monitoring",
      "--env=DATA_SOURCE_PASS=wrong",
    ],
    watch: askPostgres("SELECT numbackends FROM pg_stat_database"),
    refused: [
      "SELECT * FROM entries",
      "INSERT INTO entries VALUES ('x')",
      "DELETE FROM entries",
      "CREATE TABLE mine (id int)",
      "SELECT pg_read_file('/etc/passwd')",
      "SELECT rolpassword FROM pg_authid",
      "COPY (SELECT 1) TO PROGRAM 'true'",
    ].map(askPostgres),
    staysWhenSwitched: true,
  },
  {
    engine: "mongodb",
    title: "mongodb or FerretDB",
    up: "mongodb_up",
    writes: ["mongodb_ss_metrics_commands_total", 'cmd_name="update"'],
    passwordFile: "/etc/flotilla/monitoring-password",
    wrong: ["--env=FLOTILLA_PASSWORD_FILE=/etc/hostname"],
    needsFiles: true,
    watch: askMongodb("quit(db.serverStatus().ok === 1 ? 0 : 1)"),
    refused: [
      "db.entries.findOne()",
      "db.entries.insertOne({ _id: 1 })",
      "db.entries.drop()",
      'db.getSiblingDB("admin").getUsers()',
    ].map(askMongodb),
    staysWhenSwitched: true,
  },
];

describe.each(all)("figures of $title", (measured) => {
  const { engine, title } = measured;
  const dialect = dialects[engine];
  beforeAll(() => provide(dialect.image));
  const workspace = useDeployment({
    name: `figures-${engine}`,
    pools: { api: demoPool({ stores: { STORE_URL: "main" }, metrics: {} }) },
    settings: { datastores: { main: { engine, metrics: true } } },
  });
  const written = followWrites(workspace, dialect);

  async function findTarget(): Promise<ScrapeTarget> {
    const [target] = (await written.find()).targets;
    if (target === undefined) throw new Error("The datastore has no target.");
    return target;
  }

  async function findExporter(): Promise<string> {
    const [name] = await findRunning(workspace().label, "flotilla.role=store-exporter");
    if (name === undefined) throw new Error("No exporter runs.");
    return name;
  }

  async function findServer(): Promise<string> {
    const [name = ""] = (await written.find()).containers;
    return name;
  }

  async function readPassword(): Promise<string> {
    const archive = await docker("cp", `${await findExporter()}:${measured.passwordFile}`, "-");
    const text = archive.slice(512).replace(/\0.*$/s, "");
    return text.startsWith("{") ? (Object.values(JSON.parse(text) as Record<string, string>)[0] ?? "") : text;
  }

  async function monitoringUrl(): Promise<string> {
    const { url } = await written.find();
    const address = url.replace(/\/\/.*@/, `//monitoring:${await readPassword()}@`);
    return address.replace(/authSource=\w+/, "authSource=admin");
  }

  test("follow the load, and are asked for on a network of their own", async () => {
    const prepared = await docker("exec", "-i", await findServer(), "sh", "-c", dialect.prepare);
    expect(prepared).not.toContain("ERROR");
    const target = await findTarget();
    const count = async () => sumFigures(await scrape(target), ...measured.writes);
    await until("the first write is counted", async () => {
      await written.underWrites(`${title}: while figures are asked for`, () => count().catch(() => 0));
      return (await count().catch(() => 0)) > 0;
    });
    // What a server counts, it may tell seconds later.
    await wait(12_000);
    const before = await count();
    await wait(5000);
    const idle = (await count()) - before;
    await written.underWrites(`${title}: figures are asked for five times`, async () => {
      for (let asked = 0; asked < 5; asked++) await count();
    });
    await until("the writes are counted", async () => (await count()) - before > 100);
    const load = (await count()) - before;
    record({
      ...{ operation: `${title}: ${measured.writes[0]} idle and under load`, requests: load, failed: idle },
      ...{ seconds: 0, note: `${idle} more at rest, ${load} more under load`, held: idle === 0 },
    });
    expect(idle).toBe(0);
    expect(sumFigures(await scrape(target), measured.up)).toBe(1);
  });

  test("come from a network that does not reach the server", async () => {
    const { url } = await written.find();
    const address = await docker(
      "inspect",
      "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
      await findServer(),
    );
    const { network } = await findTarget();
    expect((await askFrom(network, dialect.image, url, dialect.ask)).code).not.toBe(0);
    const byNumber = url.replace(/@main:/, `@${address}:`);
    expect((await askFrom(network, dialect.image, byNumber, dialect.ask)).code).not.toBe(0);
    expect(await docker("port", await findExporter())).toBe("");
  });

  test("are all that their user may see", async (context) => {
    const [url, { network }] = [await monitoringUrl(), await written.find()];
    const seen = await askFrom(network, dialect.image, url, measured.watch);
    expect(seen.code, seen.text).toBe(0);
    const operation = `${title}: data that the monitoring user asks for (commands, not refused)`;
    if (engine === "mongodb" && (await isStandIn(dialect.image))) skipUntried(context, [operation], noRights);
    const answers = await Promise.all(
      measured.refused.map((command) => askFrom(network, dialect.image, url, command)),
    );
    const given = answers.filter(
      ({ code, text }) => code === 0 || !/NOPERM|permission denied|must be|not authorized/i.test(text),
    );
    record({
      operation,
      ...{ requests: answers.length, failed: given.length, seconds: 0, held: given.length === 0 },
    });
    expect(given).toEqual([]);
  });

  test("have a password that nobody reads in the engine, the state or the output", async () => {
    const password = await readPassword();
    const run = await workspace().deploy();
    expect(run.changes, run.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    const places = [
      await docker("inspect", await findExporter(), await findServer()),
      await workspace().exportState(),
      run.text,
    ];
    const readable = places.filter((text) => text.includes(password));
    record({
      operation: `${title}: the exporter's password, a file, in inspect, state and output (places, readable)`,
      ...{ requests: places.length, failed: readable.length, seconds: 0, held: readable.length === 0 },
    });
    expect(password.length).toBeGreaterThan(30);
    expect(readable).toEqual([]);
  });

  test("say that the server is down where the password is wrong", async () => {
    const { network } = await written.find();
    const image = measured.needsFiles
      ? await docker("commit", await findExporter())
      : await docker("inspect", "--format={{.Config.Image}}", await findExporter());
    const options = [`--network=${network}`, "--network-alias=stranger", ...measured.wrong];
    const container = await docker("run", "--detach", ...options, image);
    try {
      const port = (await findTarget()).address.split(":")[1] ?? "";
      const target = { ...(await findTarget()), network, address: `stranger:${port}` };
      let up = 1;
      await until("it answers", () =>
        scrape(target).then(
          (figures) => {
            up = sumFigures(figures, measured.up);
            return true;
          },
          () => false,
        ),
      );
      expect(up).toBe(0);
    } finally {
      await docker("rm", "--force", "--volumes", container);
      if (measured.needsFiles) await docker("image", "rm", image);
    }
  });

  test("disturb nobody when their exporter dies, or goes, or comes back", async () => {
    const server = await findServer();
    const { startedAt } = await readState(server);
    const lost = await written.underWrites(`${title}: its exporter is killed`, async () => {
      await docker("kill", await findExporter());
      await wait(3000);
    });
    expect(lost).toBe(0);
    expect(await readState(server)).toMatchObject({ startedAt, health: "healthy" });
    const url = await monitoringUrlOfStopped();
    for (const metrics of [false, true]) {
      workspace().configure((settings) => {
        settings.datastores = { main: { engine, metrics } };
      });
      const word = metrics ? "on" : "off";
      expect(
        await written.underWrites(`${title}: figures are switched ${word}`, () => workspace().deploy()),
      ).toBe(0);
      expect((await findServer()) === server).toBe(measured.staysWhenSwitched);
      expect((await written.find()).targets).toHaveLength(metrics ? 1 : 0);
      const { network } = await written.find();
      const login = await askFrom(network, dialect.image, url, measured.watch);
      expect(login.code === 0, login.text).toBe(metrics);
    }
    await until("the exporter sees the server", async () =>
      scrape(await findTarget()).then(
        (figures) => sumFigures(figures, measured.up) === 1,
        () => false,
      ),
    );
  });

  /** The exporter has been killed, so that it is not among those that run. */
  async function monitoringUrlOfStopped(): Promise<string> {
    const filters = [
      `--filter=label=flotilla.stack=${workspace().label}`,
      "--filter=label=flotilla.role=store-exporter",
    ];
    await docker("start", ...(await docker("ps", "--all", "--quiet", ...filters)).split("\n"));
    return monitoringUrl();
  }
});
