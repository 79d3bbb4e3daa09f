#!/bin/sh
# Runs a command in a root file system. To be started in mount and process namespaces of its own.
# What the command needs of this machine lies on file systems that are only mounted there, so that none of it stays.
set -eu
cache=$1 root=$2
shift 2

mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/mnt"
mkdir -p "$cache/debs/partial" "$root/var/cache/apt/archives"
mount --bind "$cache/debs" "$root/var/cache/apt/archives"
touch "$root/etc/resolv.conf"
cp -L /etc/resolv.conf "$root/mnt/resolv.conf"
mount --bind "$root/mnt/resolv.conf" "$root/etc/resolv.conf"
cp /etc/hosts "$root/mnt/hosts"
touch "$root/etc/hosts"
mount --bind "$root/mnt/hosts" "$root/etc/hosts"

# The machine's proxies, certificates and credentials for its mirrors.
apt-config dump 2>/dev/null | grep -E '^Acquire::(https?|Retries|Check-|Force)' >"$root/mnt/apt.conf" || true
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  cp /etc/ssl/certs/ca-certificates.crt "$root/mnt/certificates.crt"
  echo 'Acquire::https::CAInfo "/mnt/certificates.crt";' >>"$root/mnt/apt.conf"
  export SSL_CERT_FILE=/mnt/certificates.crt
  unset SSL_CERT_DIR
fi
mkdir -p "$root/mnt/auth.conf.d"
touch "$root/mnt/auth.conf"
[ ! -e /etc/apt/auth.conf ] || cp /etc/apt/auth.conf "$root/mnt/"
[ ! -d /etc/apt/auth.conf.d ] || cp -R /etc/apt/auth.conf.d/. "$root/mnt/auth.conf.d/"
echo 'Dir::Etc::netrc "/mnt/auth.conf"; Dir::Etc::netrcparts "/mnt/auth.conf.d";' >>"$root/mnt/apt.conf"
# Packages that one image has fetched serve the next one.
echo 'APT::Keep-Downloaded-Packages "true"; Binary::apt::APT::Keep-Downloaded-Packages "true";' >>"$root/mnt/apt.conf"
export APT_CONFIG=/mnt/apt.conf

# Folders of this machine that the command works in, one a line; a later one may lie in an earlier one.
IFS='
'
for folder in ${FLOTILLA_BIND:-}; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec chroot "$root" "$@"
