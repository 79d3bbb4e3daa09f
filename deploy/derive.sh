# What of a configuration follows from the rest: `members/<pool>.list` has the replicas as they were pushed,
# `members/<pool>.conf` the same with `down` for those that the watch has taken out, `uncounted` that for the last resort,
# `replicas` where each one is, and `names.conf` what users call whoever has an address. An address stays known while its
# name cannot be resolved.
derive() { # folder
  marks='' known=''
  if [ -f "$out_file" ]; then read -r marks <"$out_file" || true; fi
  for mark in $marks; do
    # Nginx's workers can write this file, and what they write is run here.
    case "$mark" in *[!A-Za-z0-9_.:-]*) continue ;; esac
    known="$known $mark"
  done
  echo "${known# }" >"$1/marks"
  mkdir -p "$1/$uncounted_folder"
  : >"$1/lists"
  for list in "$1"/members/*.list; do
    [ -f "$list" ] || continue
    pool=${list##*/} pool=${pool%.list}
    list_members "L $pool" "$list" >>"$1/lists"
    out=''
    if grep -qx "$pool" "$1/watched" 2>/dev/null; then out=$known; fi
    # shellcheck disable=SC2086 # One word for each replica.
    take_out "$list" $out >"$1/members/$pool.conf"
    [ -s "$list" ] || echo "$no_member" >"$1/members/$pool.conf"
    uncount "$1/members/$pool.conf" >"$1/$uncounted_folder/$pool.conf"
  done
  if [ -f "$1/renewed" ]; then renew "$1"; fi
  if grep -q '^ *ssl_session_ticket_key ' "$1/nginx.conf"; then give_tickets "$1"; fi
  names=$(cut -d ' ' -f 4 "$1/lists")
  {
    resolve | sed 's/^/R /'
    [ ! -f live/replicas ] || sed 's/^/P /' live/replicas
    cat "$1/lists"
  } | awk '
    $1 == "R" && $2 !~ /:/ { fresh[$3] = $2; taken[$2] = $3 }
    $1 == "P" && $6 != "-" { old[$4] = $6 }
    $1 == "L" {
      address = "-"
      if ($4 in fresh) address = fresh[$4]
      else if (($4 in old) && !(old[$4] in taken)) { address = old[$4]; taken[address] = $4 }
      print $2, $3, $4, $5, address
    }' >"$1/replicas"
  rm "$1/lists"
  awk '$5 != "-" && !seen[$5 ":" $4]++ { print $5 ":" $4, $2 ";" }' "$1/replicas" >"$1/names.conf"
}

# A certificate of an authority takes the place of the one that was made for want of it. Who asks for it has a folder of its
# own, and a link in it to what was given last.
renew() { # folder
  mkdir -p acme/webroot && chown "$acme_user" acme acme/webroot
  taken=$(readlink acme/current) || return 0
  case "$taken" in */* | .*) return 0 ;; esac
  read -r certificate key <"$1/renewed"
  (umask 077 && cp "acme/$taken/certificate.pem" "$1/$certificate" && cp "acme/$taken/key.pem" "$1/$key")
  echo "$taken" >"$1/taken"
  echo "$certificate $(cat "acme/$taken/expires")" >"$1/expiries.next"
  [ ! -f "$1/expiries" ] || grep -v "^$certificate " "$1/expiries" >>"$1/expiries.next" || true
  mv "$1/expiries.next" "$1/expiries"
}

# Keys by which all balancers of a front read the tickets of any. A ticket is good for a day, and so a key stays for as long after
# the hours in which it was used; nobody but root reads it, and it leaves the volume for nowhere.
give_tickets() { # folder
  (
    umask 077
    mkdir -p tickets "$1/tickets"
    make_key() { head -c 80 /dev/urandom >"tickets/$1"; }
    now=$(date +%s) since=$(cat tickets/since 2>/dev/null || echo 0)
    turns=$(((now - since) / ticket_seconds))
    [ -s tickets/before-that ] && [ "$turns" -le 4 ] || turns=4
    while [ "$turns" -gt 0 ]; do
      [ ! -f tickets/before ] || mv tickets/before tickets/before-that
      [ ! -f tickets/now ] || mv tickets/now tickets/before
      [ ! -f tickets/next ] || mv tickets/next tickets/now
      make_key next
      echo "$now" >tickets/since
      turns=$((turns - 1))
    done
    cp tickets/now tickets/next tickets/before tickets/before-that "$1/tickets/"
  )
}
