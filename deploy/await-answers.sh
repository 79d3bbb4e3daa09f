# Asks by a function `ask_once` until every peer has answered; prints what was heard of each, the last of it last.
missing=" $peers " refusals=0
arrived() { # peer
  case "$missing" in
    *" $1 "*) missing="${missing%% "$1" *} ${missing#* "$1" }"; echo "$1 good" ;;
    *) return 0 ;;
  esac
}
heard() { # peer, answer
  case "$missing" in
    *" $1 "*)
      case "$2" in *"; 502; -") refusals=$((refusals + 1)) ;; *) refusals=0 ;; esac
      if good "$2"; then arrived "$1"; else echo "$1 $2"; sleep 0.2; fi ;;
  esac
}
goes_on() {
  [ -n "${missing# }" ] && [ "$(date +%s)" -lt "$end" ] || return 1
  [ -z "$most_refusals" ] || [ "$refusals" -lt "$most_refusals" ]
}
end=$(($(date +%s) + seconds))
while goes_on; do ask_once; done
