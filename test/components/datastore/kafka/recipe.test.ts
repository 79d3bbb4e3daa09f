import { afterEach, describe, expect, test } from "vitest";
import { Datastore, type DatastoreArgs, DatastoreEngine, type KafkaArgs } from "../../../../components";
import { passGuard } from "../../../../components/datastore/guard";
import { findTopicObjections } from "../../../../components/datastore/kafka/topics";
import { connect, asksForUsers, fakeDocker, resetDocker } from "../../../support/fake-docker";
import { record, type Recording } from "../../../support/recorder";
import { inputOf, isSecret, reveal } from "../../../support/service";
import { filesOf, listFaults, recipeOf } from "../../../support/stores";

const secrets = { version: 2, current: "hunter2-hunter2", administrator: "swordfish-swordfish" };
const engine = DatastoreEngine.Kafka;

afterEach(resetDocker);

/** Lets the engine answer; `folders` are those of a broker that runs already. */
function answer(folders?: string): void {
  fakeDocker.answer = (args) => {
    const [command] = args;
    if (command === "volume") return { code: 1, stdout: "", stderr: "no such volume" };
    if (asksForUsers(args)) return { code: 0, stdout: "", stderr: "" };
    if (command === "ps") return { code: 0, stdout: folders === undefined ? "" : "abc123\n", stderr: "" };
    if (command === "exec") return { code: 0, stdout: folders ?? "", stderr: "" };
    return { code: 0, stdout: `sha256:${"1".repeat(64)} []\n`, stderr: "" };
  };
}

function recordStore(kafka: KafkaArgs, folders?: string): Promise<Recording> {
  answer(folders);
  const args: DatastoreArgs = { engine, kafka, limits: { memoryMiB: 1000 } };
  return record(() => new Datastore("main", args), {
    printed: { "main-passwords": JSON.stringify(secrets) },
  });
}

describe("Kafka", () => {
  test("has one broker, whose listeners all ask for a password", async () => {
    const recording = await recordStore({});
    const settings = filesOf(recording, "main-server")["/etc/flotilla/kafka/server.properties"];
    expect(settings?.split("\n")).toMatchSnapshot();
    expect(recording.find("main-server").inputs.envs).toContain("KAFKA_HEAP_OPTS=-Xmx400m");
  });

  test("has three brokers that know each other, each with a volume of its own", async () => {
    const recording = await recordStore({ servers: 3 });
    const containers = ["main-server", "main-server-2", "main-server-3"];
    for (const [index, container] of containers.entries()) {
      const settings = filesOf(recording, container)["/etc/flotilla/kafka/server.properties"];
      expect(settings).toContain(`node.id=${index + 1}\n`);
      expect(settings).toContain("controller.quorum.voters=1@main-1:9094,2@main-2:9094,3@main-3:9094\n");
      expect(settings).toContain(`BROKERS://main-${index + 1}:9093\n`);
      expect(settings).toContain("default.replication.factor=3\nmin.insync.replicas=2\n");
    }
    expect(
      ["main-data", "main-server-2-data", "main-server-3-data"].map(
        (name) => recording.find(name).inputs.name,
      ),
    ).toEqual(["flotilla-test-main", "flotilla-test-main-server-2", "flotilla-test-main-server-3"]);
    expect(recording.find("main-server-2").dependsOn).toContain("main-server-ready");
  });

  test("formats all of its brokers as one cluster, whose number is no option of a command", () => {
    const start = (store: string, node: number): string | undefined =>
      recipeOf(store, { engine, kafka: { servers: 3 } }).servers[node - 1]?.files?.(secrets)[
        "/etc/flotilla/kafka/start.sh"
      ];
    expect(start("main", 1)).toBe(start("main", 3));
    expect(start("main", 1)).not.toBe(start("other", 1));
    for (const store of Array.from({ length: 50 }, (_, index) => `s${index}`))
      expect(start(store, 1)).toMatch(/^cluster='[a-zA-Z][\w-]{21}'$/m);
  });

  test("tells where all of its brokers are", async () => {
    const { outputs } = (await recordStore({ servers: 3 })).find("main");
    expect(isSecret(outputs.url)).toBe(true);
    expect(reveal(outputs.url)).toBe(
      `kafka://app_v2:${secrets.current}@main-1:9092,main-2:9092,main-3:9092?sasl=SCRAM-SHA-512`,
    );
  });

  test("gives its passwords away nowhere but encrypted", async () => {
    const recording = await recordStore({});
    const { inputs } = recording.find("main-server");
    expect(isSecret(inputs.uploads)).toBe(true);
    expect(JSON.stringify({ ...inputs, uploads: "" })).not.toMatch(/hunter2|swordfish/);
    expect(isSecret(recording.find("main-ready").inputs.stdin)).toBe(true);
    expect(inputOf(recording.find("main-ready")).configure).toContain("version='2'\n");
  });

  test("does not take partitions from a topic, before anything is touched", async () => {
    const { guard } = recipeOf("main", { engine, kafka: { topics: { orders: { partitions: 2 } } } });
    if (guard === undefined) throw new Error("Kafka has no guard.");
    answer("orders-0\norders-1\norders-2\n");
    await expect(passGuard("main", guard, connect())).rejects.toThrow(
      'Datastore "main": kafka.topics.orders.partitions must be at least 3, which the topic has, got 2. Partitions are never removed, because their messages would be lost. Set 3, or declare another topic.',
    );
  });

  test("takes more partitions", async () => {
    const { resources } = await recordStore(
      { topics: { orders: { partitions: 4 } } },
      "orders-0\norders-1\n",
    );
    expect(resources.map(({ name }) => name)).toContain("main-ready");
  });
});

test("the folders of a broker tell its topics", () => {
  const folders =
    "__cluster_metadata-0 __consumer_offsets-49 meta.properties a-1-0 a-1-11 old-0.12ab-delete kept-0";
  const topic = { partitions: 1, retentionHours: 168, compact: false, settings: {} };
  const { problems, warnings } = findTopicObjections("main", { "a-1": topic }, folders.replaceAll(" ", "\n"));
  expect(problems).toMatchObject([{ path: ["kafka", "topics", "a-1", "partitions"], value: 1 }]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^The topic kept is not declared; it stays, with its messages\./);
});

// prettier-ignore
const cases: [string, Record<string, unknown>, string][] = [
  ["two servers", { kafka: { servers: 2 } }, "kafka.servers must be 1 or 3, got 2. Two could do no more than one when one of them is down."],
  ["no partitions", { kafka: { topics: { orders: { partitions: 0 } } } }, "kafka.topics.orders.partitions must be a whole number from 1 to 10000, got 0."],
  ["half an hour", { kafka: { topics: { orders: { retentionHours: 0.5 } } } }, "kafka.topics.orders.retentionHours must be a whole number of 1 or more, or -1, got 0.5. -1 keeps messages for ever."],
  ["a topic of Kafka's own", { kafka: { topics: { __offsets: {} } } }, 'kafka.topics.__offsets must have a name of at most 249 letters, digits, dots, hyphens and underscores that does not start with two underscores, got "__offsets".'],
  ["a setting that has a field", { kafka: { topics: { orders: { settings: { "retention.ms": "1" } } } } }, 'kafka.topics.orders.settings["retention.ms"] must be left out, got "1". Set retentionHours.'],
  ["a setting with a name that is none", { kafka: { topics: { orders: { settings: { "a b": "1" } } } } }, 'kafka.topics.orders.settings must have only names of settings of Kafka\'s topics, got "a b".'],
  ["too little memory", { limits: { memoryMiB: 512 } }, "limits.memoryMiB must be 768 or more where engine is kafka, got 512. A broker and the commands that set it up are Java programs."],
];

test.each(cases)("%s is refused", (_, args, message) => {
  expect(listFaults("main", { engine, ...args })).toEqual([message]);
});
