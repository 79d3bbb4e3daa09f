#!/bin/bash
# Makes the user of MONGO_INITDB_* and runs the scripts at the first start, and runs mongod as its own user.
set -Eeuo pipefail

# A variable, or the contents of the file that its counterpart names.
read_setting() { # variable
  local file_variable="$1_FILE"
  if [ -n "${!1:-}" ] && [ -n "${!file_variable:-}" ]; then
    echo "Both $1 and $file_variable are set: keep one." >&2
    exit 1
  fi
  local value=${!1:-}
  if [ -n "${!file_variable:-}" ]; then value=$(<"${!file_variable}"); fi
  export "$1"="$value"
  unset "$file_variable"
}

# The folder of the data that the arguments of mongod say.
find_folder() {
  local folder=/data/db
  while [ $# -gt 0 ]; do
    case $1 in
      --dbpath) folder=$2 ;;
      --dbpath=*) folder=${1#*=} ;;
    esac
    shift
  done
  echo "$folder"
}

# Nobody is asked for a password yet, and only this container can ask.
ask() { mongosh --quiet --norc "mongodb://127.0.0.1/$1" "${@:2}"; }

initialize() { # folder
  local file server
  mongod --dbpath "$1" --bind_ip 127.0.0.1 2>/dev/null &
  server=$!
  until ask test --eval 'quit(0)' >/dev/null 2>&1; do
    kill -0 "$server"
    sleep 0.2
  done
  if [ -n "$MONGO_INITDB_ROOT_USERNAME" ]; then
    ask admin --eval 'const { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: pwd } = process.env;
      db.createUser({ user, pwd, roles: [{ role: "root", db: "admin" }] })'
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) . "$file" ;;
      *.js) ask "${MONGO_INITDB_DATABASE:-test}" "$file" ;;
    esac
  done
  kill -TERM "$server"
  wait "$server"
  touch "$1/initialized"
}

if [ "${1:0:1}" = - ]; then set -- mongod "$@"; fi
if [ "$1" = mongod ]; then
  if [ "$(id -u)" = 0 ]; then
    find /data/configdb /data/db \! -user mongodb -exec chown mongodb '{}' +
    exec gosu mongodb "$0" "$@"
  fi
  read_setting MONGO_INITDB_ROOT_USERNAME
  read_setting MONGO_INITDB_ROOT_PASSWORD
  if [ "${MONGO_INITDB_ROOT_USERNAME:+set}" != "${MONGO_INITDB_ROOT_PASSWORD:+set}" ]; then
    echo "MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD belong together." >&2
    exit 1
  fi
  folder=$(find_folder "$@")
  if [ ! -e "$folder/initialized" ]; then initialize "$folder"; fi
  if [ -n "$MONGO_INITDB_ROOT_USERNAME" ]; then set -- "$@" --auth; fi
  unset "${!MONGO_INITDB_@}"
  case " $* " in *" --bind_ip"*) ;; *) set -- "$@" --bind_ip_all ;; esac
fi
exec "$@"
