# Gives a configuration its folders, each of which has its path and its hash in a line of `folders`, and drops what neither it
# nor the live one has. What was live before may have to be put back.
used=" $hashes "
for link in live/static/* "$kept_folder"/static/*; do used="$used$(basename "$(readlink "$link")") "; done
for kept in "$store"/*; do
  kept=${kept%.complete}
  case "$used" in *" ${kept##*/} "*) ;; *) rm -rf "$kept" "$kept.complete" ;; esac
done
[ -z "$folders" ] || mkdir -p next/static
printf %s "$folders" | while read -r path hash; do ln -s "$store/$hash" "next/$path"; done
# Links are not compared with those of the live configuration, but this text is.
printf %s "$folders" >next/static.list
