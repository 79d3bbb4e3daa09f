answer=/run/flotilla-answer

# Runs a part of the script, and prints its answer; the shell itself prints errors on standard output.
shell() { # part, user or nobody, log of a dump
  FLOTILLA_PART=$1 FLOTILLA_USER=$2 FLOTILLA_LOG=${3:-} FLOTILLA_ANSWER=$answer HOME=/tmp \
    mongosh --quiet --norc --nodb --file "$script" >"$answer.log" 2>&1 || { cat "$answer.log" >&2; return 1; }
  cat "$answer"
}

# Settings of the tools come on standard input, because others may read the arguments of programs.
settings() { # user
  echo "uri: mongodb://$1:$(cat "$secrets/$1-password")@$hosts/?$query"
}

dump() {
  mkdir "$scratch"
  settings backup | mongodump --config=/dev/stdin --db="$database" --excludeCollectionsWithPrefix=flotilla_restored \
    --archive="$1" 2>"$scratch/log" || { tail -n 5 "$scratch/log" >&2; return 1; }
  shell count-dumped backup "$scratch/log"
}

load() { # dump, then where to
  file=$1; shift
  mongorestore --nsInclude="$database.*" --archive="$file" --stopOnError --bypassDocumentValidation "$@" \
    2>"$scratch/log" || { tail -n 5 "$scratch/log" >&2; return 1; }
}

start_scratch() {
  mkdir "$scratch" "$scratch/data"
  chmod 711 "$scratch"
  chown mongodb "$scratch/data"
  gosu mongodb mongod --dbpath "$scratch/data" --bind_ip 127.0.0.1 --port "$scratch_port" --wiredTigerCacheSizeGB 0.25 \
    >"$scratch/server-log" 2>&1 &
  server=$!
  trap stop_scratch EXIT
  await 120 scratch_has_tried
  kill -0 "$server" || { tail -n 5 "$scratch/server-log" >&2; fail "No server can be started to try the dump."; }
}

scratch_has_tried() { ! kill -0 "$server" || bash -c ": </dev/tcp/127.0.0.1/$scratch_port"; }

stop_scratch() {
  kill -KILL "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}

verify() {
  start_scratch
  load "$1" --host=127.0.0.1 --port="$scratch_port"
  shell count nobody
}

count() { shell count backup; }

# The dump is loaded beside what is there, which it replaces when all of it is on the disk.
restore() {
  recover
  mkdir "$scratch"
  settings administrator | load "$1" --config=/dev/stdin --nsFrom="$database.*" --nsTo="$database.flotilla_restored_*" \
    --writeConcern='{w: "majority", j: true}'
  shell replace administrator
}

recover() { shell recover administrator; }
