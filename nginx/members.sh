# Reads and changes the lines of replicas that members.ts renders. A replica is meant by its container's name and its port.

# Prints the title, name and port of each replica of a file, after a word or more.
list_members() { # words, file
  sed -n "s/^server \([^ :]*\):\([0-9]*\) .*# *\(.*\)/$1 \3 \1 \2/p" "$2"
}

# Copies a file; the replicas that are named get no request.
take_out() { # file, replicas
  file=$1 expressions=''
  shift
  for replica; do
    expressions="$expressions
/^server $replica /s/;/ down;/"
  done
  sed "$expressions" "$file"
}

is_out() { # file, replica
  grep -q "^server $2 .* down;" "$1"
}

# Copies a file; failures of its replicas are not counted.
uncount() { # file
  sed 's/ max_fails=[0-9]*/ max_fails=0/' "$1"
}

add_member() { # file, line
  grep -qxF "$2" "$1" || printf '%s\n' "$2" >>"$1"
}

remove_member() { # file, replica
  [ -f "$1" ] || return 0
  grep -vF "server $2 " "$1" >"$1.next" || true
  mv "$1.next" "$1"
}
