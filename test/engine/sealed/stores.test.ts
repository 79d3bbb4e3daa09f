import { beforeAll, describe, expect, test } from "vitest";
import { docker, until } from "../support/engine";
import { ask } from "../support/requests";
import {
  createNetwork,
  findStandIn,
  isStandIn,
  provide,
  publishedAt,
  runIn,
  shellIn,
  start,
  untilPrinted,
  useContainers,
} from "./containers";

useContainers();

describe("redis", () => {
  const { image } = findStandIn("redis");
  beforeAll(() => provide("redis", "oliver006/redis_exporter"));

  test("lets other hosts in as the official image does, runs as redis, and keeps its data in /data", async () => {
    const network = await createNetwork("redis");
    const server = await start([`--network=${network}`, "--network-alias=store"], image);
    const client = (...args: string[]) =>
      runIn(`--network=${network}`, image, "redis-cli", "-h", "store", ...args);
    await untilPrinted("redis answers", "PONG", () => client("ping"));
    await client("set", "key", "value");
    await client("save");
    expect(
      await shellIn(server, "stat -c '%U %n' /data/dump.rdb; awk '/^Uid:/ { print $2 }' /proc/1/status"),
    ).toBe("redis /data/dump.rdb\n999");

    const exporter = await start(
      [`--network=${network}`, "--publish-all"],
      findStandIn("oliver006/redis_exporter").image,
      "--redis.addr=redis://store:6379",
    );
    await until("the exporter sees it", async () => {
      const answer = await ask(`${await publishedAt(exporter, 9121)}/metrics`);
      return typeof answer === "object" && answer.body.includes("redis_up 1");
    });
  });

  test("takes options and a file of settings", async () => {
    const server = await start([], image, "--requirepass", "hunter2", "--appendonly", "yes");
    await untilPrinted("redis answers", "PONG", () =>
      shellIn(server, "redis-cli -a hunter2 --no-auth-warning ping"),
    );
    expect(await shellIn(server, "redis-cli ping")).toContain("NOAUTH");
    const configured = await start(
      [],
      image,
      "sh",
      "-c",
      "echo 'port 7000' > /tmp/redis.conf && exec docker-entrypoint.sh /tmp/redis.conf",
    );
    await untilPrinted("redis answers", "PONG", () => shellIn(configured, "redis-cli -p 7000 ping"));
  });
});

describe("postgres", () => {
  const { image } = findStandIn("postgres");
  beforeAll(() => provide("postgres"));
  const files =
    "mkdir -p /run/secrets && echo hunter2 > /run/secrets/password && echo 'create table made (id int);' > /docker-entrypoint-initdb.d/1.sql";
  const settings = [
    "POSTGRES_PASSWORD_FILE=/run/secrets/password",
    "POSTGRES_USER=shop",
    "POSTGRES_DB=orders",
  ];

  test("makes the database that the variables and files say, and asks other hosts for the password", async () => {
    const network = await createNetwork("postgres");
    const options = [
      ...settings.map((each) => `--env=${each}`),
      `--network=${network}`,
      "--network-alias=store",
    ];
    const server = await start(
      [...options, "--entrypoint=sh"],
      image,
      "-c",
      `${files} && exec docker-entrypoint.sh postgres`,
    );
    const query = (password: string) =>
      runIn(
        `--network=${network}`,
        `--env=PGPASSWORD=${password}`,
        image,
        "psql",
        "-h",
        "store",
        "-U",
        "shop",
        "-d",
        "orders",
        "-Atc",
        "select count(*) from made",
      );
    await untilPrinted("the database answers", "0", () => query("hunter2"));
    await expect(query("wrong")).rejects.toThrow("password authentication failed");
    expect(await shellIn(server, "awk '/^Uid:/ { print $2 }' /proc/1/status; stat -c '%U %a' $PGDATA")).toBe(
      "999\npostgres 700",
    );

    await docker("stop", server);
    expect(await docker("inspect", "--format={{.State.ExitCode}}", server)).toBe("0");
    await docker("start", server);
    await untilPrinted("the database answers again", "0", () => query("hunter2"));
  });

  test("does not start without a password", async () => {
    await expect(runIn(image)).rejects.toThrow("The database needs a password");
  });
});

// Where it is a stand-in, FerretDB answers.
describe("mongo", () => {
  const { image } = findStandIn("mongo");
  beforeAll(() => provide("mongo"));
  const files =
    "mkdir -p /run/secrets && echo hunter2 > /run/secrets/password && echo 'db.made.insertOne({ _id: 1 })' > /docker-entrypoint-initdb.d/1.js";
  const settings = [
    "MONGO_INITDB_ROOT_USERNAME=root",
    "MONGO_INITDB_ROOT_PASSWORD_FILE=/run/secrets/password",
    "MONGO_INITDB_DATABASE=orders",
  ];

  test("makes the user that the variables and files say, and refuses all others", async () => {
    const network = await createNetwork("mongo");
    const server = await start(
      [
        ...settings.map((each) => `--env=${each}`),
        `--network=${network}`,
        "--network-alias=store",
        "--entrypoint=sh",
      ],
      image,
      "-c",
      `${files} && exec docker-entrypoint.sh mongod`,
    );
    const shell = (credentials: string, script: string) =>
      runIn(
        `--network=${network}`,
        "--entrypoint=mongosh",
        image,
        "--quiet",
        "--norc",
        `mongodb://${credentials}store/orders?authSource=admin&serverSelectionTimeoutMS=2000`,
        "--eval",
        script,
      );
    const count = () => shell("root:hunter2@", "db.made.countDocuments()");
    await untilPrinted("the server answers", "1", count);
    await expect(shell("root:wrong@", "db.made.countDocuments()")).rejects.toThrow(/[Aa]uthentication/);
    await expect(shell("", "db.made.countDocuments()")).rejects.toThrow("requires authentication");
    expect(await shell("", "db.hello().ok")).toBe("1");
    expect(await shellIn(server, "awk '/^Uid:/ { print $2 }' /proc/1/status; stat -c %U /data/db")).toBe(
      "999\nmongodb",
    );

    const uri = "mongodb://root:hunter2@127.0.0.1/?authSource=admin";
    await shellIn(server, `mongodump --quiet --uri='${uri}' --db=orders --archive=/tmp/dump`);
    await shell("root:hunter2@", "db.made.drop()");
    expect(await count()).toBe("0");
    await shellIn(server, `mongorestore --quiet --uri='${uri}' --archive=/tmp/dump`);
    expect(await count()).toBe("1");

    await docker("stop", server);
    expect(await docker("inspect", "--format={{.State.ExitCode}}", server)).toBe("0");
    await docker("start", server);
    await untilPrinted("the server answers again", "1", count);
  });

  test("a stand-in says what it cannot do", async () => {
    const standsIn = await isStandIn(image);
    const replicas = runIn("--entrypoint=sh", image, "-c", "mongod --replSet main 2>&1");
    if (standsIn) await expect(replicas).rejects.toThrow();
    expect(await runIn("--entrypoint=sh", image, "-c", "mongod --version 2>&1")).toContain(
      standsIn ? "FerretDB" : "db version",
    );
  });
});
