import { execFile } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { KafkaTopicArgs } from "../../../../components";
import { renderKafkaHealth } from "../../../../components/datastore/kafka/health";
import { kafkaSettings } from "../../../../components/datastore/kafka/schema";
import { renderKafkaSetup } from "../../../../components/datastore/kafka/topics";
import { makeFolder } from "../../../support/folders";

interface Ended {
  ok: boolean;
  text: string;
}

function run(shell: string, args: string[], input = ""): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(shell, args, (error, stdout, stderr) => {
      resolve({ ok: error === null, text: `${stdout}${stderr}` });
    });
    child.stdin?.end(input);
  });
}

const int16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const int32 = (value: number): number[] => [...int16(value >> 16), ...int16(value)];
const text = (value: string): number[] => [...int16(value.length), ...Buffer.from(value)];
const list = (items: number[][]): number[] => [...int32(items.length), ...items.flat()];

/** What a broker says of its cluster: its brokers, and which of three servers are in sync for the only partition. */
function describeCluster(brokers: number[], inSync: number[]): number[] {
  const nothing = int16(-1);
  const broker = (id: number): number[] => [...int32(id), ...text(`main-${id}`), ...int32(9093), ...nothing];
  const nodes = (ids: number[]): number[] => list(ids.map(int32));
  const partition = [
    ...[...int16(0), ...int32(0), ...int32(1), ...int32(5)],
    ...[...nodes([1, 2, 3]), ...nodes(inSync), ...nodes([])],
  ];
  const topic = [...int16(0), ...text("orders"), 0, ...list([partition])];
  return [
    ...int32(1),
    ...int32(0),
    ...list(brokers.map(broker)),
    ...text("cluster"),
    ...int32(1),
    ...list([topic]),
  ];
}

describe("the health check of a broker", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** Answers the third request with this, those before as a broker does that lets the client in. */
  async function check(
    node: number,
    cluster: number[],
    expected = "\0administrator\0secret",
  ): Promise<Ended> {
    server = createServer((socket) => {
      let requests = Buffer.alloc(0);
      let seen = 0;
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        requests = Buffer.concat([requests, Buffer.from(chunk)]);
        while (requests.length >= 4 && requests.length >= requests.readInt32BE() + 4) {
          const request = requests.subarray(4, requests.readInt32BE() + 4);
          requests = requests.subarray(request.length + 4);
          if (seen === 1 && !request.includes(Buffer.from(expected))) socket.destroy();
          const key = [17, 36, 3][seen];
          if (request.readInt16BE() !== key) socket.destroy();
          const answer =
            [
              [...int32(1), ...int16(0), ...list([text("PLAIN")])],
              [...int32(1), ...int16(0), ...int16(-1), ...int32(0)],
              cluster,
            ][seen++] ?? [];
          socket.write(Buffer.from([...int32(answer.length), ...answer]));
        }
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const script = renderKafkaHealth(node, "secret").replace("port='9093'", `port='${port}'`);
    return run("bash", ["-c", script]);
  }

  test("holds for one that is in sync", async () => {
    expect(await check(2, describeCluster([1, 2, 3], [1, 2]))).toEqual({ ok: true, text: "" });
  });

  test("fails for one that is behind", async () => {
    const { ok, text: said } = await check(3, describeCluster([1, 2, 3], [1, 2]));
    expect(ok).toBe(false);
    expect(said).toBe("It is not in sync yet: 1 partitions.\n");
  });

  test("fails for one that the others do not know", async () => {
    const { ok, text: said } = await check(3, describeCluster([1, 2], [1, 2, 3]));
    expect(ok).toBe(false);
    expect(said).toBe("The other servers do not know this one yet.\n");
  });

  test("fails where the password is not accepted", async () => {
    const { ok, text: said } = await check(1, describeCluster([1], [1]), "\0administrator\0other");
    expect(ok).toBe(false);
    expect(said).toContain("The broker does not answer.");
  });
});

describe("the set-up of a cluster", () => {
  /** Runs the set-up with commands that only write down what they were asked for. */
  async function setUp(
    topics: Record<string, KafkaTopicArgs>,
    has: { users?: string; topics?: string; settings?: string } = {},
    metrics = false,
  ): Promise<Ended & { changes: string[] }> {
    const home = makeFolder();
    const answer = (name: string, content = ""): void => {
      writeFileSync(join(home, name), content);
    };
    answer("users", has.users);
    answer("topics", has.topics);
    answer("settings", has.settings);
    answer("log");
    for (const command of ["configs", "topics", "acls"]) {
      const file = join(home, `kafka-${command}.sh`);
      writeFileSync(
        file,
        `#!/bin/sh
shift 4
case "${command} $*" in
  "configs --describe --entity-type users") cat ${home}/users ;;
  "configs --describe --entity-type topics") cat ${home}/settings ;;
  "topics --describe"*) cat ${home}/topics ;;
  *) echo "${command} $*" | sed 's#/tmp/[^ ]*/##g' >>${home}/log
    case "$*" in *--add-config-file*) cat "$(echo "$*" | sed 's/.*--add-config-file \\([^ ]*\\).*/\\1/')" | sed 's/^/  /' >>${home}/log ;; esac ;;
esac
`,
      );
      chmodSync(file, 0o755);
    }
    const script = renderKafkaSetup(
      { bootstrap: "main-1:9093", topics: kafkaSettings.parse({ topics }).topics, metrics },
      { version: 3, current: "hunter2", administrator: "x" },
    );
    const ended = await run("sh", ["-e", "-s"], script.replaceAll("/opt/kafka/bin", home));
    const changes = readFileSync(join(home, "log"), "utf8").split("\n");
    return { ...ended, changes: changes.filter((line) => line !== "") };
  }

  const users = [
    "acls --add --allow-principal User:app_v3 --operation Read --operation Describe --topic * --group *",
    "acls --add --allow-principal User:app_v3 --operation Write --operation Describe --topic * --transactional-id *",
    "configs --alter --entity-type users --entity-name app_v3 --add-config-file password",
    "  SCRAM-SHA-512=iterations=8192,password=hunter2",
  ];
  const found =
    "Topic: orders\tTopicId: abc\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: \n\tTopic: orders\tPartition: 0\n";
  const set = `Dynamic configs for topic other are:
  retention.ms=5 sensitive=false synonyms={}
Dynamic configs for topic orders are:
  cleanup.policy=delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=delete}
  retention.ms=604800000 sensitive=false synonyms={}
`;

  test("makes the user, and forgets all but the one before", async () => {
    const described = ["app_v1", "app_v2", "administrator"]
      .map(
        (user) => `SCRAM credential configs for user-principal '${user}' are SCRAM-SHA-512=iterations=8192\n`,
      )
      .join("");
    const { ok, text: said, changes } = await setUp({}, { users: described });
    expect({ ok, said }).toEqual({ ok: true, said: "" });
    expect(changes).toEqual([
      ...users,
      "acls --remove --force --allow-principal User:app_v1 --operation Read --operation Describe --topic * --group *",
      "acls --remove --force --allow-principal User:app_v1 --operation Write --operation Describe --topic * --transactional-id *",
      "configs --alter --entity-type users --entity-name app_v1 --delete-config SCRAM-SHA-512",
    ]);
  });

  test("gives a user that is known its password again, and leaves its rights", async () => {
    const described =
      "SCRAM credential configs for user-principal 'app_v3' are SCRAM-SHA-512=iterations=8192\n";
    expect((await setUp({}, { users: described })).changes).toEqual(users.slice(2));
  });

  test("makes a user for figures, who reads and writes nothing, and forgets it when there are none", async () => {
    const { changes } = await setUp({}, {}, true);
    const rights = "--allow-principal User:monitoring --operation Describe --cluster --topic * --group *";
    expect(changes.slice(users.length, -1)).toEqual([
      `acls --add ${rights}`,
      "configs --alter --entity-type users --entity-name monitoring --add-config-file password",
    ]);
    expect(changes.at(-1)).toMatch(/^ {2}SCRAM-SHA-512=iterations=8192,password=[\w-]{43}$/);
    const described =
      "SCRAM credential configs for user-principal 'monitoring' are SCRAM-SHA-512=iterations=8192\n";
    expect((await setUp({}, { users: described })).changes.slice(users.length)).toEqual([
      `acls --remove --force ${rights}`,
      "configs --alter --entity-type users --entity-name monitoring --delete-config SCRAM-SHA-512",
    ]);
  });

  test("makes topics that are not there", async () => {
    const { ok, changes } = await setUp(
      { audit: { partitions: 2, retentionHours: -1, settings: { "a.b": "c d" } } },
      { topics: found },
    );
    expect(ok).toBe(true);
    expect(changes).toEqual([
      ...users,
      "topics --create --topic audit --partitions 2 --config cleanup.policy=delete --config retention.ms=-1 --config a.b=c d",
    ]);
  });

  test("leaves topics that are as declared, and grows those that are not", async () => {
    const has = { topics: found, settings: set };
    expect((await setUp({ orders: { partitions: 3 } }, has)).changes).toEqual(users);
    expect((await setUp({ orders: { partitions: 5 } }, has)).changes).toEqual([
      ...users,
      "topics --alter --topic orders --partitions 5",
    ]);
  });

  test("changes settings, and takes back those that are not declared any more", async () => {
    const settings = `${set}  segment.ms=7 sensitive=false synonyms={}\n  a.b=1 sensitive=false synonyms={}\n`;
    const { changes } = await setUp(
      { orders: { partitions: 3, retentionHours: 1 } },
      { topics: found, settings },
    );
    expect(changes).toEqual([
      ...users,
      "configs --alter --entity-type topics --entity-name orders --add-config-file wanted --delete-config a.b,segment.ms",
      "  cleanup.policy=delete",
      "  retention.ms=3600000",
    ]);
  });

  test("fails for a topic that would have to shrink", async () => {
    const {
      ok,
      text: said,
      changes,
    } = await setUp({ orders: { partitions: 2 } }, { topics: found, settings: set });
    expect(ok).toBe(false);
    expect(said).toContain("The topic orders has 3 partitions, which cannot become 2.");
    expect(changes).toEqual(users);
  });
});
