# Addresses of all balancers of a front that listen at the control port, its own among them.
peers() {
  awk -v port="$control_port" '
    function read_hex(text, value, at) {
      value = 0
      for (at = 1; at <= length(text); at++) value = value * 16 + index("0123456789ABCDEF", substr(text, at, 1)) - 1
      return value
    }
    $4 == "0A" && $2 ~ /^[0-9A-F][0-9A-F]00007F:/ && read_hex(substr($2, 10)) == port && !seen[$2]++ {
      print "127.0.0." read_hex(substr($2, 1, 2))
    }' /proc/net/tcp
}
# Whether a balancer that is open to clients is there, besides this one.
has_open_peer() {
  for asked in $(peers); do
    [ "$asked" != "$own" ] || continue
    case "$(generation)" in '' | closed) ;; *) asked=''; return 0 ;; esac
  done
  asked=''
  return 1
}
