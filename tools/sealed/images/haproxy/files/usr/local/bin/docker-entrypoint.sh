#!/bin/sh
# Options are for haproxy, which stays in the foreground and reloads its settings on SIGUSR2.
set -e
case ${1:-} in
  -*) set -- haproxy "$@" ;;
esac
if [ "$1" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
