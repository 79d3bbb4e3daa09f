# The steps of a copy of a folder: it begins empty, and is whole only when it has ended. An image may have in it what leads
# elsewhere, or what only its own user reads.
cd "$store" 2>/dev/null || { mkdir -p "$store" && cd "$store"; }
case "$step" in
  begin)
    if [ -f "$version.complete" ]; then echo kept; exit; fi
    rm -rf "$version" "$version.part"
    mkdir "$version.part"
    ;;
  end)
    find "$version.part" -mindepth 1 \( -name '.*' -o ! -type f ! -type d \) -prune -exec rm -rf {} +
    chmod -R a+rX "$version.part"
    mv "$version.part" "$version"
    : >"$version.complete"
    ;;
  forget) rm -rf "$version.part" ;;
esac
