// Made by `npm run scripts` from the .sh and .js files of this folder. Do not edit.
/** The text of `ask-directly.sh` without its comments. */
export const askDirectlySh =
  "ask_once() {\n  for peer in $peers; do\n    answer=$(ask \"/ask-$protocol\" \"X-Peer: $peer\" \"X-Path: $path\" \"X-Host: 127.0.0.1:$port\")\n    [ -n \"$answer\" ] || { echo \"$cannot_ask\"; exit 0; }\n    heard \"$peer\" \"$answer\"\n  done\n}\n";
/** The text of `ask-through.sh` without its comments. */
export const askThroughSh =
  "ask_once() {\n  answer=$(ask \"/probe/$upstream\")\n  heard \"${answer%%;*}\" \"$answer\"\n  while read -r replica peer; do\n    if [ -n \"$peer\" ] && is_out \"/etc/flotilla/live/members/$upstream.conf\" \"$replica\"; then arrived \"$peer\"; fi\n  done <<EXCUSED\n$excused\nEXCUSED\n}\n";
/** The text of `ask.sh` without its comments. */
export const askSh =
  "ask() { # path, headers\n  fetch \"$@\" 2>/dev/null | tr -d '\\r' | sed -n 's/^ *[Xx]-[Ff]lotilla-[Aa]nswer: *//p'\n}\n\ngood() { # answer\n  status=${1#*; } status=${status%%;*} status=${status##* }\n  if [ -z \"$1\" ] || [ \"${1##* }\" = - ]; then return 1; fi\n  [ -z \"$any_answer\" ] || return 0\n  case \"$status\" in 2?? | 3??) ;; *) return 1 ;; esac\n}\n";
/** The text of `await-answers.sh` without its comments. */
export const awaitAnswersSh =
  "missing=\" $peers \" refusals=0\narrived() { # peer\n  case \"$missing\" in\n    *\" $1 \"*) missing=$(echo \"$missing\" | sed \"s/ $1 / /\"); echo \"$1 good\" ;;\n    *) return 0 ;;\n  esac\n}\nheard() { # peer, answer\n  case \"$missing\" in\n    *\" $1 \"*)\n      case \"$2\" in *\"; 502; -\") refusals=$((refusals + 1)) ;; *) refusals=0 ;; esac\n      if good \"$2\"; then arrived \"$1\"; else echo \"$1 $2\"; sleep 0.2; fi ;;\n    *) sleep 0.05 ;;\n  esac\n}\ngoes_on() {\n  [ -n \"${missing# }\" ] && [ \"$(date +%s)\" -lt \"$end\" ] || return 1\n  [ -z \"$most_refusals\" ] || [ \"$refusals\" -lt \"$most_refusals\" ]\n}\nend=$(($(date +%s) + seconds))\nwhile goes_on; do ask_once; done\n";
/** The text of `check-settings.sh` without its comments. */
export const checkSettingsSh =
  "set -e\nmkdir -p /tmp/flotilla /var/cache/nginx\ncd /tmp/flotilla\nwrite_all\nnginx -t -q -c /tmp/flotilla/nginx.conf\n";
/** The text of `derive.sh` without its comments. */
export const deriveSh =
  "derive() { # folder\n  marks='' known=''\n  if [ -f \"$out_file\" ]; then read -r marks <\"$out_file\" || true; fi\n  for mark in $marks; do\n    case \"$mark\" in *[!A-Za-z0-9_.:-]*) continue ;; esac\n    known=\"$known $mark\"\n  done\n  echo \"${known# }\" >\"$1/marks\"\n  mkdir -p \"$1/$uncounted_folder\"\n  : >\"$1/lists\"\n  for list in \"$1\"/members/*.list; do\n    [ -f \"$list\" ] || continue\n    pool=${list##*/} pool=${pool%.list}\n    list_members \"L $pool\" \"$list\" >>\"$1/lists\"\n    out=''\n    if grep -qx \"$pool\" \"$1/watched\" 2>/dev/null; then out=$known; fi\n    take_out \"$list\" $out >\"$1/members/$pool.conf\"\n    [ -s \"$list\" ] || echo \"$no_member\" >\"$1/members/$pool.conf\"\n    uncount \"$1/members/$pool.conf\" >\"$1/$uncounted_folder/$pool.conf\"\n  done\n  names=$(cut -d ' ' -f 4 \"$1/lists\")\n  {\n    resolve | sed 's/^/R /'\n    [ ! -f live/replicas ] || sed 's/^/P /' live/replicas\n    cat \"$1/lists\"\n  } | awk '\n    $1 == \"R\" && $2 !~ /:/ { fresh[$3] = $2; taken[$2] = $3 }\n    $1 == \"P\" && $6 != \"-\" { old[$4] = $6 }\n    $1 == \"L\" {\n      address = \"-\"\n      if ($4 in fresh) address = fresh[$4]\n      else if (($4 in old) && !(old[$4] in taken)) { address = old[$4]; taken[address] = $4 }\n      print $2, $3, $4, $5, address\n    }' >\"$1/replicas\"\n  rm \"$1/lists\"\n  awk '$5 != \"-\" && !seen[$5 \":\" $4]++ { print $5 \":\" $4, $2 \";\" }' \"$1/replicas\" >\"$1/names.conf\"\n}\n";
/** The text of `fetch.sh` without its comments. */
export const fetchSh =
  "fetch() {\n  url=http://127.0.0.1:$control_port$1\n  shift\n  if command -v curl >/dev/null; then\n    for header; do set -- \"$@\" -H \"$header\"; shift; done\n    curl -sS -m \"${patience:-4}\" -i \"$@\" \"$url\"\n  else\n    for header; do set -- \"$@\" --header \"$header\"; shift; done\n    wget -q -S -O - -T \"${patience:-4}\" \"$@\" \"$url\" 2>&1\n  fi\n}\n";
/** The text of `link-folders.sh` without its comments. */
export const linkFoldersSh =
  "used=\" $hashes \"\nfor link in live/static/* \"$kept_folder\"/static/*; do used=\"$used$(basename \"$(readlink \"$link\")\") \"; done\nfor kept in \"$store\"/*.complete; do\n  kept=${kept%.complete}\n  case \"$used\" in *\" ${kept##*/} \"*) ;; *) rm -rf \"$kept\" \"$kept.complete\" ;; esac\ndone\n[ -z \"$folders\" ] || mkdir -p next/static\nprintf %s \"$folders\" | while read -r path hash; do ln -s \"$store/$hash\" \"next/$path\"; done\nprintf %s \"$folders\" >next/static.list\n";
/** The text of `look.sh` without its comments. */
export const lookSh =
  "cd /etc/flotilla/live || exit 0\necho \"told $(cat \"$started_file\" 2>/dev/null)\"\nfor list in members/*.list; do\n  [ ! -f \"$list\" ] || list_members live \"$list\" | cut -d ' ' -f 1,3\ndone\n[ ! -f \"$silent_file\" ] || sh \"$silent_file\" | sed 's/^/silent /'\n";
/** The text of `read-live.sh` without its comments. */
export const readLiveSh =
  "set -e\ncd /etc/flotilla\nif [ ! -f live/nginx.conf ] || grep -q \"^ *listen unix:$closed_socket\" live/nginx.conf; then echo closed; fi\ngrep -H . live/members/*.list 2>/dev/null || true\n";
/** The text of `replace.sh` without its comments. */
export const replaceSh =
  "replace() { # file, text\n  printf %s \"$2\" >\"$1.new\"\n  mv \"$1.new\" \"$1\"\n}\n";
/** The text of `resolve.sh` without its comments. */
export const resolveSh =
  "resolve() {\n  [ -z \"$names\" ] || RES_OPTIONS='timeout:1 attempts:1' timeout 4 getent hosts $names || true\n}\n";
/** The text of `silent.sh` without its comments. */
export const silentSh =
  "while read -r pool seconds any_answer; do\n  [ -n \"$pool\" ] || continue\n  (\n    patience=$((seconds + 2))\n    good \"$(ask \"/answers/$pool\")\" || { sleep 0.5; good \"$(ask \"/answers/$pool\")\"; } || echo \"$pool\"\n  ) &\ndone <<POOLS\n$pools\nPOOLS\nwait\n";
/** The text of `tend.sh` without its comments. */
export const tendSh =
  "cd /etc/flotilla || exit\nhere=$(readlink live)\napply() { sh -e live/apply.sh >/dev/null; }\nnames=$(cut -d ' ' -f 3 live/replicas)\n(\n  last=''\n  while sleep 2 && [ live -ef \"$here\" ]; do\n    now=$(resolve)\n    [ \"$now\" = \"$last\" ] || ! apply || last=$now\n  done\n) &\nread -r applied <live/marks || applied=''\nwhile [ live -ef \"$here\" ]; do\n  marks=''\n  if [ -f \"$out_file\" ]; then read -r marks <\"$out_file\" || true; fi\n  if [ \"$marks\" != \"$applied\" ]; then\n    if apply; then\n      applied=$marks\n      read -r marks <live/marks || true\n      echo \"[flotilla] without requests, because not healthy: ${marks:-none}\" >&2\n    else sleep 10\n    fi\n  fi\n  sleep 1\ndone\n";
/** The text of `transaction.sh` without its comments. */
export const transactionSh =
  "set -e\ncd /etc/flotilla\nexec 9>lock\nflock 9\ngeneration() { fetch /generation 2>/dev/null | tail -n 1; }\nsettings() {\n  (cd \"$1\" 2>/dev/null && find . -type f ! -name generation.conf ! -name replicas ! -name marks ! -name deployed -exec cksum {} + | sort)\n}\nproven() {\n  tries=0 row=0\n  while [ $row -lt 3 ]; do\n    tries=$((tries + 1))\n    [ $tries -le 100 ] || return 1\n    if [ \"$(generation)\" = \"$1\" ]; then row=$((row + 1)); else row=0; sleep 0.1; fi\n  done\n}\nreload() {\n  if [ -s /run/nginx.pid ] && kill -0 \"$(cat /run/nginx.pid)\" 2>/dev/null; then\n    nginx -c /etc/flotilla/live/nginx.conf -s reload 2>&1 | grep -v notice >&2 || true\n  fi\n}\nrm -rf next\nprevious=$(readlink live || true)\nif [ -n \"$previous\" ]; then cp -R \"$previous\" next; else mkdir -p next/members; fi\nedit\nderive next\nif [ -n \"$previous\" ] && [ \"$(settings live)\" = \"$(settings next)\" ] && [ -s /run/nginx.pid ]; then\n  mv next/replicas next/marks live/\n  rm -rf next\n  echo unchanged\n  exit 0\nfi\nfresh=$(date +%s)-$$\necho \"return 200 \\\"$fresh\\\";\" >next/generation.conf\nnginx -t -q -c /etc/flotilla/next/nginx.conf >&2\nmv next \"$fresh\"\nln -sfn \"$fresh\" live\nreload\nif ! proven \"$fresh\"; then\n  echo \"Nginx did not start to use it within 10 seconds.\" >&2\n  if [ -n \"$previous\" ]; then ln -sfn \"$previous\" live; reload; fi\n  rm -rf \"$fresh\"\n  exit 1\nfi\nfor folder in *; do\n  case \"$folder\" in live | lock | \"$kept_folder\" | store | watch | next | \"$fresh\") ;; *) rm -rf \"$folder\" ;; esac\ndone\n";
/** The text of `wait-until-idle.sh` without its comments. */
export const waitUntilIdleSh =
  "started=$(date +%s)\nwhile :; do\n  quitting=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\000' '\\n' | grep -c 'worker process is shutting down' || true)\n  open=$(grep -c \": [0-9A-F:]* $peer 01 \" /proc/net/tcp || true)\n  elapsed=$(($(date +%s) - started))\n  [ \"$elapsed\" -ge \"$drain_seconds\" ] && break\n  if [ \"$open\" = 0 ]; then\n    [ \"$quitting\" = 0 ] && break\n    [ \"$elapsed\" -gt \"$idle_seconds\" ] && break\n  fi\n  sleep 0.25\ndone\necho \"$elapsed $open\"\n";
/** The text of `write.sh` without its comments. */
export const writeSh =
  "write() { # file, text\n  mkdir -p \"$(dirname \"$1\")\"\n  printf %s \"$2\" >\"$1\"\n}\n";
