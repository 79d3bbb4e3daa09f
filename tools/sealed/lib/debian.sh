# A root file system of Debian sid, and copies of it; sourced by tools/sealed/setup.

sid=$cache/sid

# Makes the shared root, once.
sid_root() {
  [ -d "$sid" ] && return
  case $cache in *[[:space:]]*)
    stop "FLOTILLA_HOME is \"$cache\": debootstrap takes no folder with spaces, so set FLOTILLA_HOME to one without, and start again."
    ;;
  esac
  [ "$(id -u)" = 0 ] || stop "Only root can make a root file system of Debian: start the set-up as root."
  is_missing debootstrap && install_packages debootstrap debian-archive-keyring
  step "making a root file system of Debian sid" "one or two minutes" make_sid
}

make_sid() {
  rm -rf "$sid.next"
  # In a mount namespace of its own, so that an interrupted one leaves no mounts behind.
  mirror=$(sid_mirror)
  unshare --mount debootstrap --variant=minbase sid "$sid.next" "$mirror"
  # Containers have no manual readers, and a killed set-up begins anew, so nothing has to be written through to the disk.
  cat >"$sid.next/etc/dpkg/dpkg.cfg.d/flotilla" <<'DPKG'
force-unsafe-io
path-exclude /usr/share/doc/*
path-exclude /usr/share/man/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/info/*
DPKG
  rm -rf "$sid.next"/usr/share/doc/* "$sid.next"/usr/share/man/* "$sid.next"/usr/share/locale/* \
    "$sid.next"/usr/share/info/* "$sid.next"/var/cache/apt/archives/*.deb "$sid.next"/var/log/*.log
  # The packages of Java link into them.
  for section in 1 2 3 4 5 6 7 8; do mkdir -p "$sid.next/usr/share/man/man$section"; done
  printf '#!/bin/sh\nexit 101\n' >"$sid.next/usr/sbin/policy-rc.d"
  chmod +x "$sid.next/usr/sbin/policy-rc.d"
  mv "$sid.next" "$sid"
}

# The mirror that this machine's packages come from, where it has sid too.
sid_mirror() {
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' 2>/dev/null |
    sed -n '/^[^ ]*-/!s/^[^ ]* //p' | sort -u | while read -r mirror; do
    if /usr/lib/apt/apt-helper download-file "${mirror%/}/dists/sid/InRelease" "$cache/work/InRelease" >/dev/null 2>&1; then
      echo "${mirror%/}"
      break
    fi
  done | grep . || stop "None of the mirrors that this machine's packages come from has Debian sid."
}

# Makes a copy of the shared root with packages.
copy_sid() { # folder, packages
  copy=$1
  shift
  rm -rf "$copy.next"
  cp -a "$sid" "$copy.next"
  if [ $# -gt 0 ]; then
    inside "$copy.next" apt-get update -qq
    inside "$copy.next" apt-get install -y -qq --no-install-recommends "$@"
  fi
  mv "$copy.next" "$copy"
}

# Runs a command in a root, with this machine's network and its settings for registries; no mount outlives it.
inside() { # root, command
  unshare --mount --pid --fork --kill-child "$here/lib/inside.sh" "$cache" "$@"
}
