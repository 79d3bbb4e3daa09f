# Gives a configuration its folders, each of which has in a line of `folders` its path, its hash and the seconds for which
# its former files stay, and drops what neither it nor the live one has. What was live before may have to be put back.
used=" $hashes $(printf %s "$folders" | awk '$3 != 0 { sub(".*/", "", $1); printf "former-%s ", $1 }')"
for link in live/static/* "$kept_folder"/static/*; do used="$used$(basename "$(readlink "$link")") "; done
for kept in "$store"/*; do
  kept=${kept%.complete} kept=${kept%.since}
  case "$used" in *" ${kept##*/} "*) ;; *) rm -rf "$kept" "$kept.complete" "$kept.since" ;; esac
done
# Pages of before ask for files by names that only they know: all that a folder had stays for a while beside what it has.
keep_former() { # path, hash, seconds
  former=$store/former-${1##*/} now=$(date +%s)
  before=$(readlink "live/$1" || true)
  mkdir -p "$former"
  [ ! -f "$former.since" ] || cp "$former.since" known
  : >>known
  if [ -d "$before" ] && [ "$before" != "$store/$2" ]; then
    (cd "$before" && find . -type f) >had
    while read -r file; do
      mkdir -p "$former/${file%/*}"
      ln -f "$before/$file" "$former/$file"
      echo "$now $file"
    done <had >>known
  fi
  # Of a file that comes more than once, the last time counts.
  awk '{ since = $1; sub("^[0-9]+ ", ""); last[$0] = since } END { for (file in last) print last[file], file }' known >had
  awk -v least=$((now - $3)) '$1 > least' had >"$former.since"
  awk -v least=$((now - $3)) '$1 <= least { sub("^[0-9]+ ", ""); print }' had | while read -r file; do rm -f "$former/$file"; done
  rm -f known had
  ln -s "$former" "next/$1.former"
}
[ -z "$folders" ] || mkdir -p next/static
printf %s "$folders" | while read -r path hash seconds; do
  ln -s "$store/$hash" "next/$path"
  [ "$seconds" = 0 ] || keep_former "$path" "$hash" "$seconds"
done
# Links are not compared with those of the live configuration, but this text is.
printf %s "$folders" >next/static.list
