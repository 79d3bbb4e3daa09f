# Images, and stand-ins for those that cannot be pulled; sourced by tools/sealed/setup.

# What is built upon a stand-in gets packages from where this machine gets them, so it trusts the same.
trusted=/etc/ssl/certs/ca-certificates.crt

# The ones of the stack dev; the package comes without it.
images() {
  image nginx node
  if [ -e "$here/../../Pulumi.dev.yaml" ]; then
    image redis:8.2 prom/prometheus prom/alertmanager prom/node-exporter
  fi
}

image() { # names, with or without a tag
  [ $# -gt 0 ] || stop "Which images? The names are in tools/sealed/images.cjs."
  for asked in "$@"; do
    plan=$(node "$here/lib/plan-image.cjs" "$asked") || exit 1
    eval "$plan"
    docker image inspect "$image" >/dev/null 2>&1 && continue
    engine
    if may_pull && pull_image; then continue; fi
    sid_root
    build_programs
    if [ -n "$jars" ]; then
      jars_folder=$cache/jars/$parts-${image##*:}
      mkdir -p "$cache/jars"
      # shellcheck disable=SC2086 # one word for each artifact
      [ -d "$jars_folder" ] || step "fetching the jars of $image with Maven" "a minute" collect_jars "$jars_folder" $artifacts
    fi
    step "making a stand-in for $image from Debian packages" "half a minute" make_stand_in
  done
}

# Whether an engine answers is known at once, whether a registry does may take minutes: so that is asked first.
may_pull() {
  [ -n "${pullable:-}" ] || pullable=$(docker info --format '{{if .RegistryConfig.Mirrors}}yes{{end}}')
  [ -n "$pullable" ] || pullable=$(node "$here/lib/reaches.cjs" https://registry-1.docker.io/v2/ && echo yes || echo no)
  [ "$pullable" = yes ]
}

pull_image() {
  say "pulling $image"
  docker pull --quiet "$image" >&2
}

make_stand_in() {
  root=$cache/work/image-$parts
  rm -rf "$root"
  # shellcheck disable=SC2086 # one word for each package
  copy_sid "$root" $packages
  if [ -n "$npm" ]; then add_npm; fi
  add_modules
  add_programs
  if [ -n "$jars" ]; then add_jars; fi
  rootfs=$root
  if [ -n "$programs" ]; then
    pick_programs
    rootfs=$root/only
  fi
  own=$here/images/$installed_as
  if [ -d "$own/files" ]; then cp -R "$own/files/." "$rootfs/"; fi
  if [ -e "$own/install.sh" ]; then
    cp "$own/install.sh" "$root/tmp/"
    inside "$root" sh -eu /tmp/install.sh
    rm "$root/tmp/install.sh"
  fi
  if [ -n "$version_of" ]; then
    changes="$changes
ENV $version_in=$(chroot "$root" dpkg-query --show --showformat '${source:Upstream-Version}' "$version_of" | sed 's/+.*//')"
  fi
  if [ -e "$trusted" ] && [ -d "$rootfs/etc/ssl/certs" ]; then cp "$trusted" "$rootfs/etc/ssl/certs/"; fi
  if [ "$rootfs" = "$root" ]; then clean_root; fi
  import_root
  rm -rf "$root"
}

# What a distribution's image does not bring either.
clean_root() {
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*.log "$root"/var/log/apt \
    "$root/usr/sbin/policy-rc.d" "$root"/tmp/*
  : >"$root/etc/resolv.conf"
}

# The contract is a build of its own, because an import knows no stop signal.
import_root() {
  plain=flotilla/stand-in:$parts
  tar --numeric-owner -C "$rootfs" -c . | docker import - "$plain"
  printf 'FROM %s\n%s\n' "$plain" "$changes" | docker build --quiet --tag "$image" -
  docker image rm "$plain"
}

# npm's own, because Debian's consists of hundreds of packages.
add_npm() {
  (cd "$cache/work" && npm pack --silent "npm@$npm" >/dev/null)
  mkdir -p "$root/usr/local/lib/node_modules/npm"
  tar -xzf "$cache/work/npm-$npm.tgz" -C "$root/usr/local/lib/node_modules/npm" --strip-components=1 --no-same-owner
  rm "$cache/work/npm-$npm.tgz"
  [ ! -e "$trusted" ] || {
    cp "$trusted" "$root/usr/local/lib/node_modules/npm/certificates.crt"
    echo "cafile=/usr/local/lib/node_modules/npm/certificates.crt" >"$root/usr/local/lib/node_modules/npm/npmrc"
  }
}

# Packages of npm's registry: their programs need no scripts of packages, and do without what is optional.
add_modules() {
  for each in $modules; do
    mkdir -p "$root${each%%=*}"
    npm install --silent --prefix "$root${each%%=*}" --omit=optional --ignore-scripts --no-audit --no-fund "${each#*=}"
  done
}

# Programs of Go modules are kept, because building them takes longer than all the rest.
build_programs() {
  for each in $built; do
    split_program "$each"
    [ ! -e "$kept" ] || continue
    find_go
    step "building ${program##*/} of ${module%%@*}" "one to five minutes" build_program
  done
  [ -z "$built" ] || clean_toolchain
}

split_program() { # an entry of the plan
  program=${1%%,*} rest=${1#*,}
  module=${rest%%,*} rest=${rest#*,}
  sum=${rest%%,*} package=${rest#*,}
  kept=$cache/programs/${program##*/}-${module##*@}
}

build_program() {
  copy=$cache/work/module
  rm -rf "$copy"
  copy_module "$module" "$sum" "$copy"
  cd "$copy"
  if [ -e "$here/images/$parts/prepare-${program##*/}.sh" ]; then . "$here/images/$parts/prepare-${program##*/}.sh"; fi
  mkdir -p "$cache/programs"
  run_go build -mod=readonly -trimpath -ldflags "-s -w" -o "$kept.next" "$package"
  mv "$kept.next" "$kept"
  cd "$cache"
  rm -rf "$copy"
}

add_programs() {
  for each in $built; do
    split_program "$each"
    mkdir -p "$root$(dirname "$program")"
    cp "$kept" "$root$program"
  done
}

add_jars() {
  mkdir -p "$root$jars"
  cp "$jars_folder"/*.jar "$root$jars/"
}

# An image that has nothing but some programs and what they are linked with.
pick_programs() {
  mkdir -p "$root/only"
  cp "$here/lib/pick.sh" "$root/tmp/pick.sh"
  # shellcheck disable=SC2086 # one word for each program
  inside "$root" sh -eu /tmp/pick.sh "$busybox" $programs
  # Docker gives a new volume the owner of what it covers.
  if [ -n "$folder" ]; then install -d -o 65534 -g 65534 "$root/only$folder"; fi
}
