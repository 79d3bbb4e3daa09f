# Makes the topics that are declared, by a call of `topic` for each.
ask topics --describe --exclude-internal >"$work/topics"
ask configs --describe --entity-type topics >"$work/settings"
topic() { # name, partitions, settings
  name=$1 wanted=$2
  shift 2
  printf '%s\n' "$@" | sort >"$work/wanted"
  found=$(awk -F '\t' -v title="Topic: $name" '$1 == title && /PartitionCount/ { sub(/.*PartitionCount: /, ""); print $1 + 0 }' "$work/topics")
  if [ -z "$found" ]; then
    for setting in "$@"; do
      shift
      set -- "$@" --config "$setting"
    done
    change topics --create --topic "$name" --partitions "$wanted" "$@"
    return
  fi
  if [ "$found" -gt "$wanted" ]; then
    echo "The topic $name has $found partitions, which cannot become $wanted." >&2
    exit 1
  fi
  [ "$found" -eq "$wanted" ] || change topics --alter --topic "$name" --partitions "$wanted"
  awk -v name="$name" '
    /^[^ ]/ { mine = $5 == name; next }
    mine { sub(/^ */, ""); sub(/ sensitive=.*/, ""); print }' "$work/settings" | sort >"$work/set"
  if cmp -s "$work/set" "$work/wanted"; then return; fi
  cut -d= -f1 "$work/wanted" >"$work/keys"
  extra=$(cut -d= -f1 "$work/set" | grep -vxFf "$work/keys" | paste -sd, -)
  change configs --alter --entity-type topics --entity-name "$name" --add-config-file "$work/wanted" \
    ${extra:+--delete-config "$extra"}
}
