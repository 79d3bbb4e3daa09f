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
  } | grep -Ev '\.(index|timeindex|txnindex|deleted|cleaned|swap|tmp)$|/quorum-state$|-(delete|stray|future)/'
}

# With the files goes what makes each broker what it is: its own settings in the format of its folder, each line after its number.
dump() {
  mkdir "$scratch"
  for number in $numbers; do sed "s/^/$number /" "$brokers/$number/meta.properties"; done >"$brokers/1/.flotilla-brokers"
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
  ( cd "$brokers/1" && echo ./.flotilla-brokers && list_files ) >"$scratch/list"
  # A file that grows is copied as far as it went.
  ( cd "$brokers/1" && tar -cf "$1" -T "$scratch/list" ) 2>"$scratch/tar" || true
  [ "$(tar -tf "$1" | wc -l)" -eq "$(wc -l <"$scratch/list")" ]
}

count_bytes() {
  tar -tvf "$1" | awk '/\.log$/ { sum += $3 } END { print "#bytes", sum + 0 }'
}

start_scratch() { # dump
  mkdir "$scratch" "$scratch/data"
  tar -xf "$1" -C "$scratch/data"
  mv "$scratch/data/.flotilla-brokers" "$scratch/identities"
  identify 1 "$scratch/data"
  KAFKA_HEAP_OPTS=-Xmx256m KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=/etc/flotilla/kafka/log4j2.yaml EXTRA_ARGS='' \
    /opt/kafka/bin/kafka-server-start.sh /etc/flotilla/backup/scratch.properties >"$scratch/log" 2>&1 &
  server=$!
  trap stop_scratch EXIT
  if ! await 3600 scratch_leads || ! kill -0 "$server"; then
    tail -n 20 "$scratch/log" >&2
    fail "No broker can be started with the dump."
  fi
}

# Makes the data those of a broker.
identify() { # number, folder
  sed -n "s/^$1 //p" "$scratch/identities" >"$2/meta.properties"
}

scratch_leads() {
  kill -0 "$server" || return 0
  unavailable=$(/opt/kafka/bin/kafka-topics.sh --bootstrap-server "$scratch_server" --describe --unavailable-partitions </dev/null) &&
    [ -z "$unavailable" ]
}

stop_scratch() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}

verify() {
  start_scratch "$1"
  count_bytes "$1"
  count_messages --bootstrap-server "$scratch_server"
}

count() {
  mkdir "$scratch"
  count_messages --bootstrap-server "$bootstrap" --command-config /etc/flotilla/kafka/administrator.properties
}

# A broker is started with the dump, and what it leaves is what all brokers get.
restore() {
  start_scratch "$1"
  count_messages --bootstrap-server "$scratch_server" >"$scratch/counts"
  trap - EXIT
  stop_scratch
  rm -f "$scratch/data/__cluster_metadata-0/quorum-state"
  trap release EXIT
  for number in $numbers; do : >"$brokers/$number/.flotilla-hold"; done
  for number in $numbers; do
    await 300 test -e "$brokers/$number/.flotilla-held" || fail "Broker $number does not stop."
    place "$brokers/$number" "$number"
  done
  : >"$staging/restored"
  release
  trap - EXIT
  await 600 ask topics --list || fail "The brokers do not answer."
  sh -e /etc/flotilla/backup/setup.sh
  cat "$scratch/counts"
}

place() { # folder of a broker, its number
  mkdir "$1/.flotilla-before"
  find "$1" -mindepth 1 -maxdepth 1 ! -name '.flotilla-*' -exec mv '{}' "$1/.flotilla-before/" ';'
  cp -R "$scratch/data/." "$1/"
  identify "$2" "$1"
  find "$1" -mindepth 1 -maxdepth 1 ! -name '.flotilla-*' -exec chown -R "$(stat -c %u:%g "$1")" '{}' ';'
}

# Brokers that were held run again: with what they got when all have it, and otherwise with what they had.
release() {
  for number in $numbers; do
    broker=$brokers/$number
    if [ -d "$broker/.flotilla-before" ]; then
      if [ ! -e "$staging/restored" ]; then
        find "$broker" -mindepth 1 -maxdepth 1 ! -name '.flotilla-*' -exec rm -rf '{}' ';'
        find "$broker/.flotilla-before" -mindepth 1 -maxdepth 1 -exec mv '{}' "$broker/" ';'
      fi
      rm -rf "$broker/.flotilla-before"
    fi
  done
  for number in $numbers; do rm -f "$brokers/$number/.flotilla-held" "$brokers/$number/.flotilla-hold"; done
  rm -f "$staging/restored"
}

recover() { release; }
