#!/bin/sh
# Runs what lies in /docker-entrypoint.d before nginx starts, in the order of the names.
set -e
case ${1:-} in
  nginx | nginx-debug)
    for file in $(find /docker-entrypoint.d -follow -type f 2>/dev/null | sort); do
      case $file in
        *.envsh) if [ -x "$file" ]; then . "$file"; fi ;;
        *.sh) if [ -x "$file" ]; then "$file"; fi ;;
      esac
    done
    ;;
esac
exec "$@"
