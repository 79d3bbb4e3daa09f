import { posix } from "node:path";
import { renderKafkaCommands, renderKafkaSetup, type Setup } from "./topics";
import {
  kafkaFiles,
  kafkaHold,
  kafkaLog,
  numberBrokers,
  renderAdministrator,
  renderProperties,
} from "./settings";
import type { BackupRecipe } from "../recipe";

const folder = "/etc/flotilla/backup";
const files = { settings: `${folder}/scratch.properties`, setup: `${folder}/setup.sh` };
/** Where the folders of the brokers are, by number. */
const brokers = "/brokers";
/** What makes each broker what it is: its own settings in the format of its folder, each line after its number. */
const identities = ".flotilla-brokers";
const ports = { broker: 19093, controller: 19094 };
const scratchServer = `127.0.0.1:${ports.broker}`;
const scratchFolder = "/staging/scratch/data";

/**
 * How Kafka is backed up: by copies of its files, which keep every message's number, each consumer's place and all settings.
 * All brokers hold the same, so that one's files are enough for all.
 */
export function resolveKafkaBackup(setup: Setup, count: number): BackupRecipe {
  return {
    functions: renderFunctions(setup.servers, count),
    passwords: () => ({}),
    files: (secrets) => ({
      [kafkaFiles.administrator]: renderAdministrator(secrets),
      [kafkaFiles.log]: kafkaLog,
      [files.settings]: scratchSettings,
      [files.setup]: renderKafkaSetup(setup, secrets),
    }),
    user: "0",
    dataFolders: brokers,
  };
}

/** A broker that nobody else reaches, and that removes nothing. */
const scratchSettings = renderProperties({
  "node.id": 1,
  "process.roles": "broker,controller",
  "controller.quorum.voters": `1@127.0.0.1:${ports.controller}`,
  "log.dirs": scratchFolder,
  listeners: `BROKERS://127.0.0.1:${ports.broker},CONTROLLERS://127.0.0.1:${ports.controller}`,
  "listener.security.protocol.map": "BROKERS:PLAINTEXT,CONTROLLERS:PLAINTEXT",
  "inter.broker.listener.name": "BROKERS",
  "controller.listener.names": "CONTROLLERS",
  // The others are not there, and what this one has is all there is.
  "broker.session.timeout.ms": 3000,
  "broker.heartbeat.interval.ms": 500,
  "unclean.leader.election.enable": true,
  "unclean.leader.election.interval.ms": 1000,
  "log.cleaner.enable": false,
  "log.retention.check.interval.ms": 31_536_000_000,
  "offsets.retention.check.interval.ms": 31_536_000_000,
});

function renderFunctions(servers: string, count: number): string {
  const numbers = numberBrokers(count).join(" ");
  const [asked, held, before] = [kafkaHold.asked, kafkaHold.held, kafkaHold.before].map((path) =>
    posix.basename(path),
  );
  return `
${renderKafkaCommands(servers)}
offsets() { # -2 for the first, -1 for the next; then options
  time=$1; shift
  /opt/kafka/bin/kafka-run-class.sh org.apache.kafka.tools.GetOffsetShell --exclude-internal-topics --time "$time" "$@" </dev/null
}

count_messages() { # options
  offsets -2 "$@" >"$scratch/first"
  offsets -1 "$@" >"$scratch/next"
  awk -F: 'NR == FNR { first[$1 ":" $2] = $3; next } { messages[$1] += $3 - first[$1 ":" $2] }
    END { for (topic in messages) print topic, messages[topic] }' "$scratch/first" "$scratch/next" | sort
}

# What is copied later may be newer: consumers' places before the messages, these before what topics there are. Indexes are
# made anew; who leads the cluster is found out anew.
list_files() {
  find . -maxdepth 1 -name '*-checkpoint'
  {
    find . -mindepth 2 -type f -path './__*' ! -path './__cluster_metadata-*'
    find . -mindepth 2 -type f ! -path './__*' ! -path './.*'
    find ./__cluster_metadata-0 -type f
  } | grep -Ev '\\.(index|timeindex|txnindex|deleted|cleaned|swap|tmp)$|/quorum-state$|-(delete|stray|future)/'
}

dump() {
  mkdir "$scratch"
  for number in ${numbers}; do sed "s/^/$number /" "${brokers}/$number/meta.properties"; done >"${brokers}/1/${identities}"
  behind=$(ask topics --describe --under-replicated-partitions)
  [ -z "$behind" ] || fail "Not all brokers have all messages at the moment. Try again when they have."
  tries=3
  until copy "$1"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { cat "$scratch/tar" >&2; fail "Files were removed while they were copied."; }
  done
  count_bytes "$1"
}

copy() {
  ( cd ${brokers}/1 && echo ./${identities} && list_files ) >"$scratch/list"
  # A file that grows is copied as far as it went.
  ( cd ${brokers}/1 && tar -cf "$1" -T "$scratch/list" ) 2>"$scratch/tar" || true
  [ "$(tar -tf "$1" | wc -l)" -eq "$(wc -l <"$scratch/list")" ]
}

count_bytes() {
  tar -tvf "$1" | awk '/\\.log$/ { sum += $3 } END { print "#bytes", sum + 0 }'
}

start_scratch() { # dump
  mkdir "$scratch" "$scratch/data"
  tar -xf "$1" -C "$scratch/data"
  mv "$scratch/data/${identities}" "$scratch/identities"
  identify 1 "$scratch/data"
  KAFKA_HEAP_OPTS=-Xmx256m KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=${kafkaFiles.log} EXTRA_ARGS= \\
    /opt/kafka/bin/kafka-server-start.sh ${files.settings} >"$scratch/log" 2>&1 &
  server=$!
  trap stop_scratch EXIT
  await 3600 scratch_leads && kill -0 "$server" || { tail -n 20 "$scratch/log" >&2; fail "No broker can be started with the dump."; }
}

# Makes the data those of a broker.
identify() { # number, folder
  sed -n "s/^$1 //p" "$scratch/identities" >"$2/meta.properties"
}

scratch_leads() {
  kill -0 "$server" || return 0
  unavailable=$(/opt/kafka/bin/kafka-topics.sh --bootstrap-server ${scratchServer} --describe --unavailable-partitions </dev/null) &&
    [ -z "$unavailable" ]
}

stop_scratch() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}

verify() {
  start_scratch "$1"
  count_bytes "$1"
  count_messages --bootstrap-server ${scratchServer}
}

count() {
  mkdir "$scratch"
  count_messages --bootstrap-server ${servers} --command-config ${kafkaFiles.administrator}
}

# A broker is started with the dump, and what it leaves is what all brokers get.
restore() {
  start_scratch "$1"
  count_messages --bootstrap-server ${scratchServer} >"$scratch/counts"
  trap - EXIT
  stop_scratch
  rm -f "$scratch/data/__cluster_metadata-0/quorum-state"
  trap release EXIT
  for number in ${numbers}; do : >"${brokers}/$number/${asked}"; done
  for number in ${numbers}; do
    await 300 test -e "${brokers}/$number/${held}" || fail "Broker $number does not stop."
    place "${brokers}/$number" "$number"
  done
  : >"$staging/restored"
  release
  trap - EXIT
  await 600 ask topics --list || fail "The brokers do not answer."
  sh -e ${files.setup}
  cat "$scratch/counts"
}

place() { # folder of a broker, its number
  mkdir "$1/${before}"
  find "$1" -mindepth 1 -maxdepth 1 ! -name '.flotilla-*' -exec mv '{}' "$1/${before}/" ';'
  cp -R "$scratch/data/." "$1/"
  identify "$2" "$1"
  find "$1" -mindepth 1 -maxdepth 1 ! -name '.flotilla-*' -exec chown -R "$(stat -c %u:%g "$1")" '{}' ';'
}

# Brokers that were held run again: with what they got when all have it, and otherwise with what they had.
release() {
  for number in ${numbers}; do
    broker=${brokers}/$number
    if [ -d "$broker/${before}" ]; then
      if [ ! -e "$staging/restored" ]; then
        find "$broker" -mindepth 1 -maxdepth 1 ! -name '.flotilla-*' -exec rm -rf '{}' ';'
        find "$broker/${before}" -mindepth 1 -maxdepth 1 -exec mv '{}' "$broker/" ';'
      fi
      rm -rf "$broker/${before}"
    fi
  done
  for number in ${numbers}; do rm -f "${brokers}/$number/${held}" "${brokers}/$number/${asked}"; done
  rm -f "$staging/restored"
}

recover() { release; }
`;
}
