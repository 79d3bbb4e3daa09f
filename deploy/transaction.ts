import { controlPort } from "../nginx/control-port";
import { noMember, uncountedFolder } from "../nginx/members";
import { places } from "../nginx/places";

/** Folder of what was live before a push, which is put back as one thing when the push fails. */
export const keptFolder = "before";

/** Fetches a path of the balancer's control port, with further headers, by whichever client its image has. */
export const fetchFunction = `
fetch() {
  url=http://127.0.0.1:${controlPort}$1
  shift
  if command -v curl >/dev/null; then
    for header; do set -- "$@" -H "$header"; shift; done
    curl -sS -m \${patience:-4} -i "$@" "$url"
  else
    for header; do set -- "$@" --header "$header"; shift; done
    wget -q -S -O - -T \${patience:-4} "$@" "$url" 2>&1
  fi
}`;

/**
 * What of a configuration follows from the rest: \`members/<pool>.list\` has the replicas as they were pushed,
 * \`members/<pool>.conf\` the same with \`down\` for those that the watch has taken out, \`uncounted\` that for the last resort, \`replicas\` where each one is, and
 * \`names.conf\` what users call whoever has an address. An address stays known while its name cannot be resolved.
 */
const completeFunction = `
complete() {
  marks= known= expressions=
  if [ -f ${places.out} ]; then read -r marks < ${places.out} || true; fi
  for mark in $marks; do
    # Nginx's workers can write this file, and what they write is run here.
    case "$mark" in *[!A-Za-z0-9_.:-]*) continue ;; esac
    expressions="$expressions
/^server $mark /s/;/ down;/" known="$known $mark"
  done
  echo $known > $1/marks
  mkdir -p $1/${uncountedFolder}
  : > $1/lists
  for list in $1/members/*.list; do
    [ -f "$list" ] || continue
    pool=\${list##*/} pool=\${pool%.list}
    sed -n "s/^server \\([^ :]*\\):\\([0-9]*\\) .*# *\\(.*\\)/L $pool \\3 \\1 \\2/p" $list >> $1/lists
    if [ ! -s $list ]; then echo '${noMember}' > $1/members/$pool.conf
    elif grep -qx "$pool" $1/watched 2>/dev/null; then sed "$expressions" $list > $1/members/$pool.conf
    else cp $list $1/members/$pool.conf
    fi
    sed 's/ max_fails=[0-9]*/ max_fails=0/' $1/members/$pool.conf > $1/${uncountedFolder}/$pool.conf
  done
  names=$(cut -d ' ' -f 4 $1/lists)
  {
    [ -z "$names" ] || RES_OPTIONS='timeout:1 attempts:1' timeout 4 getent hosts $names | sed 's/^/R /' || true
    [ ! -f live/replicas ] || sed 's/^/P /' live/replicas
    cat $1/lists
  } | awk '
    $1 == "R" && $2 !~ /:/ { fresh[$3] = $2; taken[$2] = $3 }
    $1 == "P" && $6 != "-" { old[$4] = $6 }
    $1 == "L" {
      address = "-"
      if ($4 in fresh) address = fresh[$4]
      else if (($4 in old) && !(old[$4] in taken)) { address = old[$4]; taken[address] = $4 }
      print $2, $3, $4, $5, address
    }' > $1/replicas
  rm $1/lists
  awk '$5 != "-" && !seen[$5 ":" $4]++ { print $5 ":" $4, $2 ";" }' $1/replicas > $1/names.conf
}`;

/**
 * A shell script that changes the balancer's configuration. Run by the commands of an update, and, without edits of its
 * own, beside Nginx whenever the watch has taken a replica out or a replica has moved.
 */
export function transaction(edits: string): string {
  return `
cd /etc/flotilla
exec 9>lock
flock 9
${fetchFunction}
${completeFunction}
generation() { fetch /generation 2>/dev/null | tail -n 1; }
settings() { (cd $1 2>/dev/null && find . -type f ! -name generation.conf ! -name replicas ! -name marks ! -name deployed -exec cksum {} + | sort); }
# Workers of before the reload answer too until they are told to stop: only answers in a row prove the new generation.
proven() {
  tries=0 row=0
  while [ $row -lt 3 ]; do
    tries=$((tries + 1))
    [ $tries -le 100 ] || return 1
    if [ "$(generation)" = "$1" ]; then row=$((row + 1)); else row=0; sleep 0.1; fi
  done
}
reload() {
  if [ -s /run/nginx.pid ] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then
    nginx -c /etc/flotilla/live/nginx.conf -s reload 2>&1 | grep -v notice >&2 || true
  fi
}
rm -rf next
previous=$(readlink live || true)
if [ -n "$previous" ]; then cp -R "$previous" next; else mkdir -p next/members; fi
${edits}
complete next
if [ -n "$previous" ] && [ "$(settings live)" = "$(settings next)" ] && [ -s /run/nginx.pid ]; then
  # What these say besides changes nothing for Nginx.
  mv next/replicas next/marks live/
  rm -rf next
  echo unchanged
  exit 0
fi
made=$(date +%s)-$$
echo "return 200 \\"$made\\";" > next/generation.conf
nginx -t -q -c /etc/flotilla/next/nginx.conf >&2
mv next $made
ln -sfn $made live
reload
if ! proven $made; then
  echo "Nginx did not start to use it within 10 seconds." >&2
  if [ -n "$previous" ]; then ln -sfn "$previous" live; reload; fi
  rm -rf $made
  exit 1
fi
for folder in *; do
  case "$folder" in live | lock | ${keptFolder} | store | watch | next | $made) ;; *) rm -rf "$folder" ;; esac
done
`;
}

/** How often it is looked whether a replica has moved, in seconds. */
const namesSeconds = 2;

/**
 * A shell script that runs beside Nginx for as long as one configuration is live: it has the configuration changed when
 * the watch has written down that other replicas are out, or when a replica's name leads to another address.
 */
export const tendScript = `
cd /etc/flotilla
here=$(readlink live)
apply() { sh -e live/apply.sh > /dev/null; }
names=$(cut -d ' ' -f 3 live/replicas)
addresses() { [ -z "$names" ] || RES_OPTIONS='timeout:1 attempts:1' timeout 4 getent hosts $names; }
(
  # The first look is compared with nothing: a replica may have moved since the configuration was made.
  last=
  while sleep ${namesSeconds} && [ live -ef "$here" ]; do
    now=$(addresses)
    [ "$now" = "$last" ] || ! apply || last=$now
  done
) &
read -r applied < live/marks || applied=
while [ live -ef "$here" ]; do
  marks=
  if [ -f ${places.out} ]; then read -r marks < ${places.out} || true; fi
  if [ "$marks" != "$applied" ]; then
    if apply; then
      applied=$marks
      read -r marks < live/marks || true
      echo "[flotilla] without requests, because not healthy: \${marks:-none}" >&2
    else sleep 10
    fi
  fi
  sleep 1
done
`;
