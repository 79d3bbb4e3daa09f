import { kafkaFiles, kafkaPorts } from "./settings";
import { monitoringUser } from "../exporters";
import { derivePassword, nameServer, type Objections, type StoreSecrets } from "../recipe";
import type { KafkaTopic } from "./schema";

/** What a cluster is given when it is healthy. */
export interface Setup {
  /** Where its brokers are reached by commands. */
  servers: string;
  topics: Record<string, KafkaTopic>;
  /** Whether an exporter has a user of its own. */
  metrics: boolean;
}

/**
 * Shell script that makes the users and the topics as they are declared. Each password has a user of its own, so that the one
 * before works until all replicas have the new one.
 */
export function renderKafkaSetup({ servers, topics, metrics }: Setup, secrets: StoreSecrets): string {
  const { version, current } = secrets;
  const declared = Object.entries(topics).map(([name, topic]) => {
    const settings = Object.entries(listSettings(topic)).map(([key, value]) => quote(`${key}=${value}`));
    return `topic ${quote(name)} ${topic.partitions} ${settings.join(" ")}\n`;
  });
  return `work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${renderKafkaCommands(servers)}
${rights}
ask configs --describe --entity-type users >"$work/users"
# A user that is known has its rights already.
if ! grep -q "'app_v${version}'" "$work/users"; then
  rights --add User:app_v${version}
fi
printf '%s\\n' 'SCRAM-SHA-512=iterations=8192,password=${current}' >"$work/password"
change configs --alter --entity-type users --entity-name app_v${version} --add-config-file "$work/password"
for user in $(sed -n "s/.*user-principal '\\(app_v[0-9]*\\)'.*/\\1/p" "$work/users"); do
  case $user in app_v${version} | app_v${version - 1}) continue ;; esac
  rights --remove "User:$user" --force
  change configs --alter --entity-type users --entity-name "$user" --delete-config SCRAM-SHA-512
done
${metrics ? renderObserver(secrets) : removeObserver}${declared.length === 0 ? "" : `${topicFunctions}${declared.join("")}`}`;
}

/** The exporter's user, who sees what there is, and no message. */
function renderObserver(secrets: StoreSecrets): string {
  const password = derivePassword(secrets, monitoringUser);
  return `if ! grep -q "'${monitoringUser}'" "$work/users"; then sight --add; fi
printf '%s\\n' 'SCRAM-SHA-512=iterations=8192,password=${password}' >"$work/observer"
change configs --alter --entity-type users --entity-name ${monitoringUser} --add-config-file "$work/observer"
`;
}

const removeObserver = `if grep -q "'${monitoringUser}'" "$work/users"; then
  sight --remove --force
  change configs --alter --entity-type users --entity-name ${monitoringUser} --delete-config SCRAM-SHA-512
fi
`;

/** Commands as the administrator, in a Java that starts fast and is small beside the broker's. */
export function renderKafkaCommands(servers: string): string {
  return `export KAFKA_HEAP_OPTS=-Xmx128m KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOG4J_OPTS=
ask() {
  command=$1
  shift
  "/opt/kafka/bin/kafka-$command.sh" --bootstrap-server ${servers} --command-config ${kafkaFiles.administrator} "$@" </dev/null
}`;
}

const rights = `change() { ask "$@" >&2; }
rights() { # --add or --remove, principal, options
  change_rights=$1 principal=$2
  shift 2
  change acls "$change_rights" "$@" --allow-principal "$principal" --operation Read --operation Describe --topic '*' --group '*'
  change acls "$change_rights" "$@" --allow-principal "$principal" --operation Write --operation Describe --topic '*' --transactional-id '*'
}
sight() { # --add or --remove, options
  change acls "$@" --allow-principal User:${monitoringUser} --operation Describe --cluster --topic '*' --group '*'
}`;

const topicFunctions = `ask topics --describe --exclude-internal >"$work/topics"
ask configs --describe --entity-type topics >"$work/settings"
topic() { # name, partitions, settings
  name=$1 wanted=$2
  shift 2
  printf '%s\\n' "$@" | sort >"$work/wanted"
  found=$(awk -F '\\t' -v title="Topic: $name" '$1 == title && /PartitionCount/ { sub(/.*PartitionCount: /, ""); print $1 + 0 }' "$work/topics")
  if [ -z "$found" ]; then
    for setting in "$@"; do
      shift
      set -- "$@" --config "$setting"
    done
    change topics --create --topic "$name" --partitions "$wanted" "$@"
    return
  fi
  if [ "$found" -gt "$wanted" ]; then
    echo "The topic $name has $found partitions, which cannot become $wanted." >&2
    exit 1
  fi
  [ "$found" -eq "$wanted" ] || change topics --alter --topic "$name" --partitions "$wanted"
  awk -v name="$name" '
    /^[^ ]/ { mine = $5 == name; next }
    mine { sub(/^ */, ""); sub(/ sensitive=.*/, ""); print }' "$work/settings" | sort >"$work/set"
  if cmp -s "$work/set" "$work/wanted"; then return; fi
  cut -d= -f1 "$work/wanted" >"$work/keys"
  extra=$(cut -d= -f1 "$work/set" | grep -vxFf "$work/keys" | paste -sd, -)
  change configs --alter --entity-type topics --entity-name "$name" --add-config-file "$work/wanted" \\
    \${extra:+--delete-config "$extra"}
}
`;

/** All settings of a topic that are set, by Kafka's names. */
function listSettings({ retentionHours, compact, settings }: KafkaTopic): Record<string, string> {
  return {
    "cleanup.policy": compact ? "compact" : "delete",
    "retention.ms": String(retentionHours === -1 ? -1 : retentionHours * 3_600_000),
    ...settings,
  };
}

/** What follows from the folders of partitions that a running broker has. */
export function findTopicObjections(
  store: string,
  topics: Record<string, KafkaTopic>,
  folders: string,
): Objections {
  const existing = countPartitions(folders);
  const problems = Object.entries(topics).flatMap(([topic, { partitions }]) => {
    const found = existing.get(topic) ?? 0;
    if (partitions >= found) return [];
    return {
      path: ["kafka", "topics", topic, "partitions"],
      value: partitions,
      rule: `be at least ${found}, which the topic has`,
      remedy: `Partitions are never removed, because their messages would be lost. Set ${found}, or declare another topic.`,
    };
  });
  const warnings = [...existing.keys()]
    .filter((topic) => topics[topic] === undefined)
    .map(
      (topic) =>
        `The topic ${topic} is not declared; it stays, with its messages. To remove it: /opt/kafka/bin/kafka-topics.sh --bootstrap-server ${nameServer(store, 1)}:${kafkaPorts.brokers} --command-config ${kafkaFiles.administrator} --delete --topic ${topic} in a broker's container.`,
    );
  return { problems, warnings };
}

/** Number of partitions of each topic but Kafka's own. */
function countPartitions(folders: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const folder of folders.split(/\s+/)) {
    const [, topic, partition] = /^((?!__)[\w.-]+)-(\d+)$/.exec(folder) ?? [];
    if (topic !== undefined) counts.set(topic, Math.max(counts.get(topic) ?? 0, Number(partition) + 1));
  }
  return counts;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
