ask() { # user, then the command
  user=$1; shift
  REDISCLI_AUTH=$(cat "$secrets/$user-password") redis-cli -h "$host" --user "$user" "$@"
}

# Commands with secrets, on standard input.
tell() {
  answer=$(ask administrator)
  [ -z "$(echo "$answer" | sed '/^OK/d; /^$/d')" ] || fail "Redis refuses: $answer"
}

dump() {
  mkdir "$scratch"
  ask backup --rdb "$1" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; return 1; }
  redis-check-rdb "$1" >"$scratch/log" || { cat "$scratch/log" >&2; return 1; }
  sed -n 's/^\[info\] \([0-9]*\) keys read.*/#keys \1/p' "$scratch/log"
}

# Starts a server with what is in a dump; keys whose time has passed stay, because it believes to be a replica.
start_scratch() { # dump, port
  mkdir "$scratch"
  ln "$1" "$scratch/dump.rdb"
  password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s\n' "port $2" "requirepass $password" 'unixsocket socket' 'unixsocketperm 700' 'dbfilename dump.rdb' \
    'save ""' 'appendonly no' 'enable-debug-command yes' 'replicaof 127.0.0.1 1' 'repl-diskless-sync-delay 0' \
    >"$scratch/settings"
  chown "${program%-server}" "$scratch" "$scratch/dump.rdb"
  ( cd "$scratch" && exec docker-entrypoint.sh "$program" - <settings >log 2>&1 ) &
  server=$!
  trap stop_scratch EXIT
  await 3600 scratch_has_tried
  scratch PING 2>&1 | grep -q PONG || { tail -n 5 "$scratch/log" >&2; fail "No server can read the dump."; }
}

scratch() { REDISCLI_AUTH=$password redis-cli -s "$scratch/socket" "$@"; }

scratch_has_tried() { ! kill -0 "$server" || scratch PING | grep -q PONG; }

stop_scratch() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}

list_keys() {
  tr -d '\r' | sed -n 's/^\(db[0-9]*\):keys=\([0-9]*\),expires=\([0-9]*\).*/\1 \2 \3/p' | while read -r name keys ending; do
    echo "$name $((keys - ending))"
    [ "$ending" -eq 0 ] || echo "~$name-with-an-end $ending"
  done
}

verify() {
  start_scratch "$1" 0
  scratch INFO keyspace >"$scratch/keys"
  list_keys <"$scratch/keys"
  sum=0
  sed -n 's/^db[0-9]*:keys=\([0-9]*\),.*/\1/p' "$scratch/keys" >"$scratch/numbers"
  while read -r keys; do sum=$((sum + keys)); done <"$scratch/numbers"
  echo "#keys $sum"
  echo "#content $(scratch DEBUG DIGEST)"
}

count() { ask administrator INFO keyspace | list_keys; }

# The store follows a server with the dump until it has all of it, on its disk too. A transfer that breaks off leaves the
# store as it was.
restore() {
  start_scratch "$1" 6379
  [ "$(scratch REPLICAOF NO ONE)" = OK ]
  address=$(hostname -i)
  { read_setting masteruser; read_setting masterauth; } >"$staging/restoring"
  trap 'stop_scratch; release' EXIT
  have_patience 86400000
  printf '%s\n' 'CONFIG SET masteruser ""' "CONFIG SET masterauth $password" "REPLICAOF ${address%% *} 6379" | tell
  await 3600 store_has_followed || fail "The store did not take over the dump: $(ask administrator INFO replication)"
  await 3600 store_has_written || fail "The store did not write the data to its disk: $(ask administrator INFO persistence)"
  count
}

read_setting() { ask administrator --raw CONFIG GET "$1" | sed -n '2s/.*/"&"/p' | grep . || echo '""'; }

store_has_followed() { ask administrator INFO replication | grep -q '^master_link_status:up'; }

store_has_written() {
  ask administrator INFO persistence | tr -d '\r' >"$scratch/persistence"
  grep -q '^loading:0' "$scratch/persistence" &&
    grep -q '^aof_rewrite_in_progress:0' "$scratch/persistence" &&
    grep -q '^aof_rewrite_scheduled:0' "$scratch/persistence" &&
    grep -q '^aof_last_bgrewrite_status:ok' "$scratch/persistence"
}

# A store that follows nobody can be written to again.
release() {
  [ -f "$staging/restoring" ] || return 0
  { read -r user; read -r auth; } <"$staging/restoring"
  printf '%s\n' 'REPLICAOF NO ONE' "CONFIG SET masteruser $user" "CONFIG SET masterauth $auth" | tell
  have_patience "$down_milliseconds"
  rm "$staging/restoring"
}

# A leader that follows a server with a dump must not be taken for one that has failed.
have_patience() { # milliseconds
  for sentinel in $sentinels; do
    answer=$(REDISCLI_AUTH=$(cat "$secrets/sentinel-password") redis-cli -h "$sentinel" -p 26379 --user sentinel \
      SENTINEL SET "$host" down-after-milliseconds "$1" 2>&1) || true
    [ "$answer" = OK ] || fail "$sentinel does not answer: $answer"
  done
}

recover() { release; }
