#!/bin/sh
# Options and files of settings are for the server, which does not run as root: Redis, or Valkey in an image of its own.
set -e
name=redis
if [ -e /usr/bin/valkey-server ]; then name=valkey; fi
case ${1:-} in
  -* | *.conf) set -- "$name-server" "$@" ;;
esac
if [ "$1" = "$name-server" ]; then
  # Debian's server turns other hosts away unless it is told otherwise; the official image's lets them in.
  case " $* " in
    *" --protected-mode "*) ;;
    *) case ${2:-} in *.conf) grep -qs '^[[:space:]]*protected-mode' "$2" || set -- "$@" --protected-mode no ;;
      *) set -- "$@" --protected-mode no ;;
    esac ;;
  esac
  if [ "$(umask)" = 0022 ]; then umask 0077; fi
  if [ "$(id -u)" = 0 ]; then
    find . \! -user "$name" -exec chown "$name" '{}' +
    exec setpriv --reuid "$name" --regid "$name" --clear-groups -- "$@"
  fi
fi
exec "$@"
