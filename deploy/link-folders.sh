# Gives a configuration its folders, each of which has in a line of `folders` its path, its hash, the seconds for which its
# former files stay and further hashes that it had, and drops what neither it nor the live one has. What was live before may have
# to be put back.
used=" $hashes $(printf %s "$folders" | awk '$3 != 0 { sub(".*/", "", $1); printf "former-%s ", $1 }')"
for link in live/static/* "$kept_folder"/static/*; do used="$used$(basename "$(readlink "$link")") "; done
for kept in "$store"/*; do
  kept=${kept%.complete} kept=${kept%.since}
  case "$used" in *" ${kept##*/} "*) ;; *) rm -rf "$kept" "$kept.complete" "$kept.since" ;; esac
done
# Pages of before ask for files by names that only they know: all that a folder had stays for a while beside what it has.
keep_former() { # path, hash, seconds, further hashes
  former=$store/former-${1##*/} now=$(date +%s)
  mkdir -p "$former"
  [ ! -f "$former.since" ] || cp "$former.since" known
  : >>known
  for before in "$(readlink "live/$1" || true)" $4; do
    [ "$before" != "${before#/}" ] || before=$store/$before
    if [ ! -d "$before" ] || [ "$before" = "$store/" ] || [ "$before" = "$store/$2" ]; then continue; fi
    (cd "$before" && find . -type f) >had
    while read -r file; do
      mkdir -p "$former/${file%/*}"
      ln -f "$before/$file" "$former/$file"
      echo "$now $file"
    done <had >>known
  done
  # Of a file that comes more than once, the last time counts.
  awk '{ since = $1; sub("^[0-9]+ ", ""); last[$0] = since } END { for (file in last) print last[file], file }' known >had
  awk -v least=$((now - $3)) '$1 > least' had >"$former.since"
  awk -v least=$((now - $3)) '$1 <= least { sub("^[0-9]+ ", ""); print }' had | while read -r file; do rm -f "$former/$file"; done
  rm -f known had
  ln -sfn "$former" "next/$1.former"
}
[ -z "$folders" ] || mkdir -p next/static
# Links are not compared with those of the live configuration, but this text is.
: >>next/static.list
printf %s "$folders" | while read -r path hash seconds others; do
  ln -sfn "$store/$hash" "next/$path"
  [ "$seconds" = 0 ] || keep_former "$path" "$hash" "$seconds" "$others"
  awk -v path="$path" '$1 != path' next/static.list >next/static.others
  mv next/static.others next/static.list
  echo "$path $hash $seconds" >>next/static.list
done
