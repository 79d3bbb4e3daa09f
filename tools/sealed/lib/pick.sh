# Runs inside a root: copies programs and what they are linked with to /only, which becomes an image.
busybox=$1
shift
out=/only
mkdir -p $out/etc $out/bin $out/tmp $out/root
chmod 1777 $out/tmp
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n' >$out/etc/passwd
printf 'root:x:0:\nnobody:x:65534:\n' >$out/etc/group
printf 'hosts: files dns\n' >$out/etc/nsswitch.conf
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  mkdir -p $out/etc/ssl/certs
  cp /etc/ssl/certs/ca-certificates.crt $out/etc/ssl/certs/
fi

add() { # file, place
  mkdir -p "$out$(dirname "$2")"
  cp -RL "$1" "$out$2"
  [ ! -d "$1" ] || return 0
  { ldd "$1" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
    [ -e "$out$library" ] && continue
    mkdir -p "$out$(dirname "$library")"
    cp -L "$library" "$out$library"
  done
}

for pair in "$@"; do add "${pair%%=*}" "${pair#*=}"; done
if [ -n "$busybox" ]; then
  add "$(command -v busybox)" /bin/busybox
  for name in $busybox; do ln -s busybox "$out/bin/$name"; done
fi
