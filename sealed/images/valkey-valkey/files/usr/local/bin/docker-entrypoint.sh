#!/bin/sh
# Options and files of settings are for valkey-server, which does not run as root.
set -e
case ${1:-} in
  -* | *.conf) set -- valkey-server "$@" ;;
esac
if [ "$1" = valkey-server ]; then
  # Debian's server turns other hosts away unless it is told otherwise; the official image's lets them in.
  case " $* " in
    *" --protected-mode "*) ;;
    *) case ${2:-} in *.conf) grep -qs '^[[:space:]]*protected-mode' "$2" || set -- "$@" --protected-mode no ;;
      *) set -- "$@" --protected-mode no ;;
    esac ;;
  esac
  if [ "$(umask)" = 0022 ]; then umask 0077; fi
  if [ "$(id -u)" = 0 ]; then
    find . \! -user valkey -exec chown valkey '{}' +
    exec setpriv --reuid valkey --regid valkey --clear-groups -- "$@"
  fi
fi
exec "$@"
