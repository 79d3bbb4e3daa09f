# What files in `requests` ask for is done, one after another. The functions that do it are the engine's own: dump, verify,
# count, restore and recover.
set -u
umask 077

fail() { echo "$*" >&2; exit 1; }

# Waits for a command that may fail at first; seconds, then the command.
await() {
  left=$(($1 * 5)); shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.2
  done
}

answer() { # request, exit code
  echo "$2" >"$staging/results/$1.code.part"
  mv "$staging/results/$1.code.part" "$staging/results/$1.code"
  rm -f "$staging/requests/$1"
}

mkdir -p "$staging/requests" "$staging/results" "$staging/work"
# A server of another user has to get through.
chmod 711 "$staging"
rm -rf "$scratch" "$staging"/requests/*.part
for left in "$staging"/requests/*; do
  [ ! -f "$left" ] || { echo "The dumping container was restarted." >"$staging/results/${left##*/}.err"; answer "${left##*/}" 130; }
done

while :; do : >"$staging/alive"; sleep 5; done &

recovered=
while sleep 0.5; do
  # What a restore that was interrupted has left; the store may not be there yet.
  [ -n "$recovered" ] || if ( set -e; recover ) 2>/dev/null; then recovered=yes; fi
  for request in "$staging"/requests/*; do
    [ -f "$request" ] || continue
    id=${request##*/}
    case $id in *.part) continue ;; esac
    read -r verb file <"$request"
    rm -rf "$scratch"
    case $verb in
      dump | verify | count | restore)
        ( set -e; "$verb" "$staging/work/$file" ) >"$staging/results/$id.out" 2>"$staging/results/$id.err"
        code=$?
        [ "$verb" != restore ] || recovered= ;;
      *) code=64 ;;
    esac
    rm -rf "$scratch"
    answer "$id" "$code"
  done
done
