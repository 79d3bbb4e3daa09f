# Prints what the control server says of an answer: address, status and time of each try.
ask() { # path, headers
  fetch "$@" 2>/dev/null | tell '[Aa]nswer'
}
# The value of a header of the control server, in an answer with its headers.
tell() { # end of its name
  tr -d '\r' | sed -n "s/^ *[Xx]-[Ff]lotilla-$1: *//p"
}

# Of several tries the last one counts; its time is a dash where Nginx had no answer and made one.
good() { # answer
  status=${1#*; } status=${status%%;*} status=${status##* }
  if [ -z "$1" ] || [ "${1##* }" = - ]; then return 1; fi
  [ -z "$any_answer" ] || return 0
  case "$status" in 2?? | 3??) ;; *) return 1 ;; esac
}
