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

# Runs a script of the shell; FerretDB has no exception for the first user, so it is run as that one.
ask() { # database, script
  local credentials=
  if [ -n "$MONGO_INITDB_ROOT_USERNAME" ]; then
    credentials=$(jq -nr '[env.MONGO_INITDB_ROOT_USERNAME, env.MONGO_INITDB_ROOT_PASSWORD] | map(@uri) | join(":")')@
  fi
  ADDRESS="mongodb://${credentials}127.0.0.1/$1?authSource=admin" SCRIPT=$2 \
    mongosh --quiet --norc --nodb --eval 'db = connect(process.env.ADDRESS); load(process.env.SCRIPT)'
}

initialize() { # arguments of mongod
  local folder=$1 file auth=
  export MONGO_INITDB_DATABASE=${MONGO_INITDB_DATABASE:-test}
  if [ -n "$MONGO_INITDB_ROOT_USERNAME" ]; then auth=--auth; fi
  FERRETDB_SETUP_DATABASE=${auth:+admin} FERRETDB_SETUP_USERNAME=$MONGO_INITDB_ROOT_USERNAME \
    FERRETDB_SETUP_PASSWORD=$MONGO_INITDB_ROOT_PASSWORD mongod --dbpath "$folder" $auth &
  local server=$!
  until mongosh --quiet --norc --eval 'quit(0)' >/dev/null 2>&1; do
    kill -0 "$server"
    sleep 0.2
  done
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) . "$file" ;;
      *.js) ask "$MONGO_INITDB_DATABASE" "$file" ;;
    esac
  done
  kill -TERM "$server"
  wait "$server"
  touch "$folder/initialized"
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
