import { beforeAll, describe, expect, test } from "vitest";
import { docker, succeeds, until } from "../support/engine";
import { findStandIn, provide, runIn, shellIn, start, useContainers } from "./containers";

useContainers();

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
  const command = (server: string, name: string, options: string) => {
    const script = `KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-${name}.sh ${local} ${options}`;
    return shellIn(server, script);
  };
  const becomesReady = (server: string) =>
    until("the broker answers", () => succeeds(command(server, "broker-api-versions", "")));

  test("starts with the official settings as appuser, and keeps what it was told", async () => {
    const server = await start(["--env=KAFKA_HEAP_OPTS=-Xmx300m"], image);
    await becomesReady(server);
    await command(server, "topics", "--create --topic orders --partitions 2");
    expect(await command(server, "topics", "--describe --topic orders")).toContain("PartitionCount: 2");
    await command(server, "console-producer", "--topic orders <<end\nhello\nend");
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
