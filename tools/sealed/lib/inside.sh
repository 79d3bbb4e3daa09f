#!/bin/sh
# Runs a command in a root file system. To be started in mount and process namespaces of its own.
# What the command needs of this machine lies on file systems that are only mounted there, so that none of it stays.
set -eu
cache=$1 root=$2
shift 2

mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/media"
mkdir -p "$cache/debs/partial" "$root/var/cache/apt/archives"
mount --bind "$cache/debs" "$root/var/cache/apt/archives"
touch "$root/etc/resolv.conf"
cp -L /etc/resolv.conf "$root/media/resolv.conf"
mount --bind "$root/media/resolv.conf" "$root/etc/resolv.conf"
cp /etc/hosts "$root/media/hosts"
touch "$root/etc/hosts"
mount --bind "$root/media/hosts" "$root/etc/hosts"

# The machine's proxies, certificates and credentials for its mirrors.
apt-config dump 2>/dev/null | grep -E '^Acquire::(https?|Retries|Check-|Force)' >"$root/media/apt.conf" || true
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  cp /etc/ssl/certs/ca-certificates.crt "$root/media/certificates.crt"
  echo 'Acquire::https::CAInfo "/media/certificates.crt";' >>"$root/media/apt.conf"
  export SSL_CERT_FILE=/media/certificates.crt
  unset SSL_CERT_DIR
fi
mkdir -p "$root/media/auth.conf.d"
touch "$root/media/auth.conf"
[ ! -e /etc/apt/auth.conf ] || cp /etc/apt/auth.conf "$root/media/"
[ ! -d /etc/apt/auth.conf.d ] || cp -R /etc/apt/auth.conf.d/. "$root/media/auth.conf.d/"
echo 'Dir::Etc::netrc "/media/auth.conf"; Dir::Etc::netrcparts "/media/auth.conf.d";' >>"$root/media/apt.conf"
# Packages that one image has fetched serve the next one.
echo 'APT::Keep-Downloaded-Packages "true"; Binary::apt::APT::Keep-Downloaded-Packages "true";' >>"$root/media/apt.conf"
export APT_CONFIG=/media/apt.conf

# Folders of this machine that the command works in, one a line; a later one may lie in an earlier one.
IFS='
'
for folder in ${FLOTILLA_BIND:-}; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec chroot "$root" "$@"
