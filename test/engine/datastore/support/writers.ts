import { spawn, type ChildProcess } from "node:child_process";
import type { StoreOutputs } from "../../support/workspace";
import { docker } from "../../support/engine";

/** How a kind of datastore is written to and read, by the client in its own image. */
export interface Dialect {
  image: string;
  /** Shell command that prepares it, run in the server's own container. */
  prepare: string;
  /** Shell command that writes keys that start with `$PREFIX`, and prints each that is acknowledged, until it is ended. */
  writeAll: string;
  /** How many of them write at once. Defaults to `usualWriters`. */
  writers?: number;
  /** Shell command that prints every key. */
  list: string;
  /** Shell command that fails unless the server answers. */
  ask: string;
  /** Shell command that only an administrator may run. */
  administrate: string;
}

/** Writers of a datastore, each of which waits for the acknowledgement of one write before it begins the next. */
export const usualWriters = 4;

/** Engines that the suite tries. */
export type TriedEngine = "redis" | "postgres" | "mongodb" | "kafka";

/** The kinds of datastores. */
export const dialects: Record<TriedEngine, Dialect> = {
  redis: {
    image: "redis:8.2",
    prepare: "true",
    writeAll: repeat('[ "$(redis-cli --no-auth-warning -u "$URL" SET "$key" 1)" = OK ]'),
    list: 'redis-cli --no-auth-warning -u "$URL" --scan',
    ask: '[ "$(redis-cli --no-auth-warning -u "$URL" PING)" = PONG ]',
    administrate: 'redis-cli --no-auth-warning -e -u "$URL" CONFIG GET "*"',
  },
  postgres: {
    image: "postgres:18.1",
    prepare: 'psql -q -U owner -d app -c "CREATE TABLE IF NOT EXISTS entries (key text PRIMARY KEY)"',
    writeAll: repeat(`psql -q "$URL" -c "INSERT INTO entries VALUES ('$key') ON CONFLICT DO NOTHING"`),
    list: 'psql -qtA "$URL" -c "SELECT key FROM entries"',
    ask: 'psql -qtA "$URL" -c "SELECT 1"',
    administrate: 'psql -q "$URL" -c "DROP TABLE entries"',
  },
  mongodb: {
    image: "mongo:8.0",
    prepare: "true",
    writers: 2,
    // The shell takes long to start, so it writes more than one.
    writeAll: `while :; do ${mongosh(`
      for (let n = 1; ; n += 1) {
        const _id = process.env.PREFIX + ":" + process.pid + ":" + n;
        for (let isWritten = false; !isWritten; ) {
          try {
            isWritten = db.entries.updateOne({ _id }, { $set: { n } }, { upsert: true }).acknowledged;
          } catch (error) {
            sleep(50);
          }
        }
        console.log(_id);
      }`)} 2>/dev/null; sleep 0.2; done`,
    list: mongosh("for (const { _id } of db.entries.find().toArray()) console.log(_id)"),
    ask: mongosh("quit(db.runCommand({ listCollections: 1 }).ok === 1 ? 0 : 1)"),
    administrate: mongosh('db.getSiblingDB("admin").getUsers()'),
  },
  kafka: {
    image: "apache/kafka:4.3.1",
    prepare: "true",
    // One Java for all messages, which tells of each that all brokers in sync have.
    writers: 1,
    writeAll: `${kafkaClient(["retries=2147483647", "delivery.timeout.ms=600000"])}
while :; do
  prefix=$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')
  /opt/kafka/bin/kafka-verifiable-producer.sh --bootstrap-server "$servers" --command-config "$client" \
    --topic entries --acks -1 --throughput 80 --value-prefix "$prefix" 2>/dev/null |
    sed -un '/producer_send_success/s/.*"value":"\\([0-9.]*\\)".*/\\1/p'
  sleep 0.2
done`,
    // As many as the partitions have, however long the machine takes to read them.
    list: `${kafkaClient(["isolation.level=read_committed"])}
count=$(/opt/kafka/bin/kafka-run-class.sh org.apache.kafka.tools.GetOffsetShell --bootstrap-server "$servers" \\
  --command-config "$client" --topic entries | awk -F: '{ sum += $3 } END { print sum }')
/opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server "$servers" --command-config "$client" --topic entries \\
  --from-beginning --max-messages "$count" --timeout-ms 60000 2>/dev/null |
  awk -v count="$count" '{ print } END { exit NR < count }'`,
    ask: `${kafkaClient([])}
/opt/kafka/bin/kafka-topics.sh --bootstrap-server "$servers" --command-config "$client" --list | grep -qx entries`,
    administrate: `${kafkaClient([])}
/opt/kafka/bin/kafka-topics.sh --bootstrap-server "$servers" --command-config "$client" --delete --topic entries`,
  },
};

function repeat(write: string): string {
  return `n=0; while :; do
  n=$((n + 1)) key="$PREFIX:$n"
  until ${write} >/dev/null 2>&1; do sleep 0.05; done
  echo "$key"
done`;
}

function mongosh(script: string): string {
  return `mongosh --quiet --norc "$URL" --eval '${script}'`;
}

/** Shell commands that make Kafka's own settings of an address. */
function kafkaClient(settings: string[]): string {
  return `export KAFKA_HEAP_OPTS=-Xmx128m KAFKA_JVM_PERFORMANCE_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
client=$(mktemp) place=\${URL#*://}
printf "%s\\n" ${["request.timeout.ms=5000", "default.api.timeout.ms=10000", ...settings].join(" ")} >"$client"
case $place in *@*)
  login=\${place%@*} place=\${place#*@}
  printf "%s\\n" security.protocol=SASL_PLAINTEXT sasl.mechanism=SCRAM-SHA-512 >>"$client"
  printf "%s" "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required " >>"$client"
  printf 'username="%s" password="%s";\\n' "\${login%%:*}" "\${login#*:}" >>"$client" ;;
esac
servers=\${place%%\\?*}`;
}

/** What writers were told. */
export interface Written {
  /** Keys whose write was acknowledged. */
  acknowledged: Set<string>;
  /** Longest time in seconds between two acknowledgements. */
  longestPause: number;
}

/** Writes key after key, each until it is acknowledged, and goes on until it is stopped. */
export interface Writers {
  /** Waits until so many more writes are acknowledged. */
  waitFor(count: number): Promise<void>;
  stop(): Promise<Written>;
  /** What they were told until their engine was gone. */
  ended(): Promise<Written>;
}

/** Clients take long to start on a busy machine. */
const mostSeconds = 180;
let started = 0;

/** Starts writers in a container on the datastore's network. */
export function startWriters(
  { image, writeAll, writers = usualWriters }: Dialect,
  store: StoreOutputs,
  network = store.network,
): Writers {
  const run = `${process.pid}-${(started += 1)}`;
  const name = `flotilla-writers-${run}`;
  const script = `
trap 'exit 0' TERM
for writer in $(seq ${writers}); do
  ( export PREFIX="${run}:$writer"; ${writeAll} ) &
done
wait`;
  const args = [
    "run",
    "--rm",
    "--init",
    "-i",
    `--name=${name}`,
    `--network=${network}`,
    "--env=URL",
    "--entrypoint=sh",
  ];
  const child: ChildProcess = spawn("docker", [...args, image, "-c", script], {
    env: { ...process.env, URL: store.url },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const acknowledged = new Set<string>();
  let longestPause = 0;
  let last: number | undefined;
  let rest = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) acknowledged.add(line);
    const now = performance.now();
    longestPause = Math.max(longestPause, now - (last ?? now));
    last = now;
  });
  const closed = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  const ended = async (): Promise<Written> => {
    await closed;
    return { acknowledged, longestPause: longestPause / 1000 };
  };
  return {
    waitFor: async (count) => {
      const goal = acknowledged.size + count;
      const deadline = Date.now() + mostSeconds * 1000;
      while (acknowledged.size < goal) {
        if (Date.now() > deadline)
          throw new Error(`Only ${acknowledged.size} of ${goal} writes within ${mostSeconds} s.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async () => {
      await docker("kill", name);
      return ended();
    },
    ended,
  };
}

/** Runs a shell command in a container of its own on a network; gives its exit code and what it printed. */
export function askFrom(
  network: string,
  image: string,
  url: string,
  command: string,
): Promise<{ code: number | null; text: string }> {
  const args = ["run", "--rm", "-i", `--network=${network}`, "--env=URL", "--entrypoint=sh", image, "-c"];
  return new Promise((resolve) => {
    const child = spawn("docker", [...args, `timeout 120 sh -c '${command.replaceAll("'", `'\\''`)}' 2>&1`], {
      env: { ...process.env, URL: url },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.once("close", (code) => {
      resolve({ code, text: text.trim() });
    });
  });
}

/** How many of the acknowledged keys are missing. */
export async function countMissing(
  dialect: Dialect,
  store: StoreOutputs,
  keys: Set<string>,
): Promise<number> {
  const { code, text } = await askFrom(store.network, dialect.image, store.url, dialect.list);
  if (code !== 0) throw new Error(`The keys cannot be listed:\n${text}`);
  const found = new Set(text.split("\n"));
  return [...keys].filter((key) => !found.has(key)).length;
}
