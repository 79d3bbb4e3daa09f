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
    await until("redis answers", () =>
      client("ping").then(
        (answer) => answer === "PONG",
        () => false,
      ),
    );
    await client("set", "key", "value");
    await client("save");
    expect(
      await shellIn(server, "stat -c '%U %n' /data/dump.rdb; awk '/^Uid:/ { print $2 }' /proc/1/status"),
    ).toBe("redis dump.rdb\n999".replace("dump.rdb", "/data/dump.rdb"));

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
    await until("redis answers", () =>
      shellIn(server, "redis-cli -a hunter2 --no-auth-warning ping").then(
        (text) => text === "PONG",
        () => false,
      ),
    );
    expect(await shellIn(server, "redis-cli ping")).toContain("NOAUTH");
    const configured = await start(
      [],
      image,
      "sh",
      "-c",
      "echo 'port 7000' > /tmp/redis.conf && exec docker-entrypoint.sh /tmp/redis.conf",
    );
    await until("redis answers", () =>
      shellIn(configured, "redis-cli -p 7000 ping").then(
        (text) => text === "PONG",
        () => false,
      ),
    );
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
    await until("the database answers", () =>
      query("hunter2").then(
        (answer) => answer === "0",
        () => false,
      ),
    );
    await expect(query("wrong")).rejects.toThrow("password authentication failed");
    expect(await shellIn(server, "awk '/^Uid:/ { print $2 }' /proc/1/status; stat -c '%U %a' $PGDATA")).toBe(
      "999\npostgres 700",
    );

    await docker("stop", server);
    expect(await docker("inspect", "--format={{.State.ExitCode}}", server)).toBe("0");
    await docker("start", server);
    await until("the database answers again", () =>
      query("hunter2").then(
        (answer) => answer === "0",
        () => false,
      ),
    );
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
    const answers = () =>
      count().then(
        (answer) => answer === "1",
        () => false,
      );
    await until("the server answers", answers);
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
    await until("the server answers again", answers);
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

describe("the Java runtime", () => {
  const { image } = findStandIn("eclipse-temurin");
  beforeAll(() => provide("eclipse-temurin"));

  test("runs classes from its official place", async () => {
    expect(
      await runIn(
        image,
        "sh",
        "-c",
        "$JAVA_HOME/bin/java -XshowSettings:properties -version 2>&1 | grep -c 'java.version = 21'",
      ),
    ).toBe("1");
    expect(
      await runIn(image, "sh", "-c", "keytool -list -cacerts -storepass changeit | grep -c trustedCertEntry"),
    ).toMatch(/^[1-9]\d+$/);
  });
});

describe("kafka", () => {
  const { image } = findStandIn("apache/kafka");
  beforeAll(() => provide("apache/kafka"));
  const local = "--bootstrap-server localhost:9092";
  const command = (server: string, name: string, options: string) =>
    docker(
      "exec",
      "--env=KAFKA_HEAP_OPTS=-Xmx128m",
      server,
      "sh",
      "-c",
      `/opt/kafka/bin/kafka-${name}.sh ${local} ${options}`,
    );
  const becomesReady = (server: string) =>
    until("the broker answers", () =>
      command(server, "broker-api-versions", "").then(
        () => true,
        () => false,
      ),
    );

  test("starts with the official settings as appuser, and keeps what it was told", async () => {
    const server = await start(["--env=KAFKA_HEAP_OPTS=-Xmx300m"], image);
    await becomesReady(server);
    await command(server, "topics", "--create --topic orders --partitions 2");
    expect(await command(server, "topics", "--describe --topic orders")).toContain("PartitionCount: 2");
    await docker(
      "exec",
      "--env=KAFKA_HEAP_OPTS=-Xmx128m",
      server,
      "sh",
      "-c",
      `echo hello | /opt/kafka/bin/kafka-console-producer.sh ${local} --topic orders`,
    );
    expect(
      await command(server, "console-consumer", "--topic orders --from-beginning --max-messages 1"),
    ).toBe("hello");
    expect(
      await shellIn(server, "awk '/^Uid:/ { print $2 }' /proc/1/status; stat -c '%U' /var/lib/kafka/data"),
    ).toBe("1000\nappuser");
    await docker("stop", "--time=60", server);
    expect(await docker("inspect", "--format={{.State.ExitCode}}", server)).toBe("143");
  });

  test("takes settings from variables, and from a file to which variables are added", async () => {
    const settings = {
      KAFKA_NODE_ID: "7",
      KAFKA_PROCESS_ROLES: "broker,controller",
      KAFKA_CONTROLLER_QUORUM_VOTERS: "7@localhost:9093",
      KAFKA_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093",
      KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092",
      KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
      KAFKA_LOG_DIRS: "/var/lib/kafka/data",
      KAFKA_HEAP_OPTS: "-Xmx300m",
      CLUSTER_ID: "MkU3OEVBNTcwNTJENDM2Qg",
    };
    const server = await start(
      [...Object.entries(settings).map(([name, value]) => `--env=${name}=${value}`), "--entrypoint=sh"],
      image,
      "-c",
      "echo auto.create.topics.enable=false >/mnt/shared/config/server.properties && exec /__cacert_entrypoint.sh /etc/kafka/docker/run",
    );
    await becomesReady(server);
    const used = await shellIn(
      server,
      "cat /opt/kafka/config/server.properties /var/lib/kafka/data/meta.properties",
    );
    expect(used).toContain("auto.create.topics.enable=false");
    expect(used).toContain("node.id=7");
    expect(used).toContain("cluster.id=MkU3OEVBNTcwNTJENDM2Qg");
  });
});
