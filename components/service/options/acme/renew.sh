# Has an authority give a certificate, and keeps it good. As long as there is none it asks again at growing intervals, because
# authorities count failures; then it asks several times a day, because an authority may want another one early.
set -u
umask 022
for file in "$variables"/*; do
  [ ! -f "$file" ] || export "${file##*/}=$(cat "$file")"
done
if [ -f "$hook" ]; then
  export EXEC_PATH=/tmp/change-zone
  { echo '#!/bin/sh' && cat "$hook"; } >$EXEC_PATH && chmod +x $EXEC_PATH
  # Two records of one name come one after the other.
  export EXEC_SEQUENCE_INTERVAL="${wait:-60}"
fi
first=${hosts%% *}
got=$store/certificates/$(echo "$first" | sed 's/^\*/_/')
challenges=$to/webroot/.well-known/acme-challenge

ask() { # how a certificate that is there is renewed
  how=$*
  set --
  for host in $hosts; do set -- "$@" --domains "$host"; done
  [ -z "$email" ] || set -- "$@" --email "$email"
  [ -z "${LEGO_EAB_KID:-}" ] || set -- "$@" --eab
  [ -z "$wait" ] || set -- "$@" --dns.propagation-wait "${wait}s"
  if [ -n "$provider" ]; then set -- "$@" --dns "$provider"; else set -- "$@" --http --http.webroot "$to/webroot"; fi
  if [ -s "$got.crt" ] && [ -z "$is_stranger" ]; then
    # shellcheck disable=SC2086 # One word for each option.
    set -- "$@" renew --force-cert-domains --no-random-sleep $how
  else
    set -- "$@" run
  fi
  $program --path "$store" --server "$server" --accept-tos "$@" >/tmp/said 2>&1
}
# The second at which the certificate ends.
find_end() {
  end=$($program --path "$store" list | sed -n "/Certificate Name: $1\$/,/^\$/s/.*Expiry Date: \(....-..-.. ..:..:..\).*/\1/p")
  date -u -d "$end" +%s
}
# What the balancer takes is one folder, which it finds by a link.
deliver() {
  fresh=given-$(sha256sum <"$got.crt" | cut -c 1-16)
  [ "$(readlink "$to/current")" != "$fresh" ] || return 0
  rm -rf "$to/next" && mkdir "$to/next" &&
    cp "$got.crt" "$to/next/certificate.pem" &&
    (umask 077 && cp "$got.key" "$to/next/key.pem") &&
    find_end "${got##*/}" >"$to/next/expires" &&
    rm -rf "${to:?}/$fresh" && mv "$to/next" "$to/$fresh" || return 1
  before=$(readlink "$to/current")
  rm -f "$to/current.next" && ln -s "$fresh" "$to/current.next" && mv -T "$to/current.next" "$to/current" || return 1
  for folder in "$to"/given-*; do
    case "${folder##*/}" in "$fresh" | "$before") ;; *) rm -rf "$folder" ;; esac
  done
}
say() { # outcome, text
  echo "$1 $2" >"$to/outcome.next" && mv "$to/outcome.next" "$to/outcome"
  echo "[flotilla] $2"
}
# An authority that does not know the account gets another one, as when the address of who runs the stack has changed.
is_forgotten() {
  grep -q -e 'error:accountDoesNotExist' -e 'is not registered' /tmp/said || return 1
  rm -rf "$store/accounts"
  is_stranger=yes
}
take() { # how a certificate that is there is renewed
  is_stranger=''
  if { ask "$@" || { is_forgotten && ask "$@"; }; } && deliver; then
    say good "The certificate of $hosts is good until $(date -u -d "@$(cat "$to/current/expires")" '+%Y-%m-%d %H:%M') UTC."
  else
    cat /tmp/said
    say bad "No certificate of $hosts was given: $(grep . /tmp/said | tail -n 1 | tr -d '\r' | cut -c 1-600)"
    return 1
  fi
}
# Whether what a client asks of every host comes to this balancer.
arrives() {
  [ -z "$provider" ] || return 1
  mkdir -p "$challenges" && echo "$mark" >"$challenges/flotilla"
  for host in $hosts; do
    [ "$(wget -q -T 5 -O - "http://$host/.well-known/acme-challenge/flotilla" 2>/dev/null)" = "$mark" ] || return 1
  done
}

if [ "${1:-}" = now ]; then
  take --days 36500
  exit
fi
mark=$(date +%s)-$$
pause=120
while :; do
  if take --dynamic; then
    pause=120
    sleep 21600
    continue
  fi
  arrived=''
  if arrives; then arrived=yes; fi
  end=$(($(date +%s) + pause))
  pause=$((pause * 2))
  [ $pause -le 3600 ] || pause=3600
  while [ "$(date +%s)" -lt $end ]; do
    sleep 15
    # As soon as the hosts lead here, there is no reason to wait.
    if [ -z "$arrived" ] && arrives; then break; fi
  done
done
