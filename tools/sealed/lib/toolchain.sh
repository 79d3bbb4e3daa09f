# The Pulumi command line and its plugins, built from their Go modules; sourced by tools/sealed/setup.

version=3.259.0
pulumi=github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
provider=github.com/kreuzwerker/terraform-provider-docker@v0.0.0-20260916201441-96d331c98ff4
provider_sum=h1:T3HvvZCRd4h2qkMl+SXA2zza26Rdz8xqV81skikQWy4=
yaml=github.com/pulumi/pulumi-yaml@v1.38.1
yaml_sum=h1:FquTa8vjvKXreiBHDmuUD9jaZc5y0WXYvRYey+Wrzd4=
source=$cache/work/toolchain

toolchain() {
  # Official releases bring their own.
  if is_missing pulumi-language-nodejs; then build pulumi-language-nodejs ./host "half a minute"; fi
  if is_missing pulumi; then build pulumi "$pulumi" "one to three minutes"; fi
  plugins
}

plugins() {
  if is_missing pulumi-resource-command || is_silent; then build pulumi-resource-command ./command "a minute"; fi
  if is_missing pulumi-resource-docker; then build pulumi-resource-docker ./docker "two to five minutes"; fi
  clean_toolchain
}

# Providers of commands that were built before they told what scripts print lack what hands the lines over.
is_silent() {
  [ -x "$bin/pulumi-resource-command" ] && ! grep -q 'main\.(\*lines)' "$bin/pulumi-resource-command"
}

# What runs programs in YAML that use this project's components; kept apart, so that it stands in for nothing.
languages() {
  if can_run_components; then return; fi
  bin=$cache/languages
  mkdir -p "$bin"
  [ -x "$bin/pulumi-language-nodejs" ] || build pulumi-language-nodejs ./host "half a minute"
  if [ ! -x "$bin/pulumi-language-yaml" ]; then
    find_go
    step "building pulumi-language-yaml" "two to five minutes" build_yaml
  fi
  clean_toolchain
}

# Hosts of Node that were built before they could run components lack the name of what runs them.
can_run_components() {
  ! is_missing pulumi-language-yaml && ! is_missing pulumi-language-nodejs &&
    grep -q cmd/run-plugin "$(command -v pulumi-language-nodejs)"
}

build_yaml() {
  rm -rf "$source-yaml"
  copy_module "$yaml" "$yaml_sum" "$source-yaml"
  cd "$source-yaml"
  export GOWORK=off
  run_go build -trimpath -ldflags "-s -w" -o "$bin/pulumi-language-yaml.next" ./cmd/pulumi-language-yaml
  mv "$bin/pulumi-language-yaml.next" "$bin/pulumi-language-yaml"
}

build() { # binary, package, how long it takes
  find_go
  [ -d "$source" ] || step "fetching the sources of the toolchain" "one or two minutes" fetch_sources
  step "building $1" "$3" build_now "$1" "$2"
}

build_now() {
  cd "$source"
  run_go build -trimpath \
    -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" -o "$bin/$1.next" "$2"
  mv "$bin/$1.next" "$bin/$1"
}

# The workspace makes the four programs agree on the versions of what they share, which is then compiled once.
fetch_sources() {
  rm -rf "$source.next"
  mkdir -p "$source.next"
  cp -R "$here/toolchain/." "$source.next/"
  # The package has the lists of modules and their sums packed.
  find "$source.next" -name 'go*.gz' -exec gunzip {} +
  open_provider "$source.next/docker/upstream"
  # Naming the packages fetches just the modules that they are made of.
  cd "$source.next"
  run_go list -deps ./host ./command ./docker "$pulumi" >/dev/null
  mv "$source.next" "$source"
}

# The provider keeps its constructor in an internal package; a package inside a copy of the module opens it.
open_provider() { # folder
  copy_module "$provider" "$provider_sum" "$1"
  mkdir -p "$1/shim"
  cat >"$1/shim/shim.go" <<'GO'
// Package shim opens the provider's constructor to other modules.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// NewProvider returns the Docker provider.
func NewProvider() *schema.Provider { return provider.New("dev")() }
GO
}

# A copy of a module, which is refused if it is not what it was when it was chosen.
copy_module() { # module with version, sum, folder
  answer=$(cd "$cache/work" && run_go mod download -json "$1")
  case $answer in *"\"$2\""*) ;; *)
    echo "$1 is not what it was when this set-up was written: $answer"
    return 1
    ;;
  esac
  mkdir -p "$3"
  cp -R "$(echo "$answer" | sed -n 's/.*"Dir": "\(.*\)",/\1/p')/." "$3/"
  chmod -R u+w "$3"
}

# A Go that is new enough, this machine's or else Debian sid's.
find_go() {
  [ -z "${go_found:-}" ] || return 0
  go_found=machine
  needed=$(sed -n 's/^go //p' "$here/toolchain/go.work")
  # Newer ones than 1.20 fetch the version that a module asks for, unless they are told not to.
  if ! is_missing go; then
    have=$(cd "$here/toolchain" && go env GOVERSION 2>/dev/null | sed 's/^go//')
    [ "$(printf '%s\n%s\n' "$needed" "$have" | sort -V | head -n 1)" = "$needed" ] && return
  fi
  go_found=sid
  sid_root
  [ -d "$cache/work/go" ] || step "installing Go in a copy of it" "a minute" copy_sid "$cache/work/go" golang-go
}

run_go() {
  # Sources and objects are worth keeping until all is built, and of no use then.
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOMODCACHE="$cache/work/gomod" GOCACHE="$cache/work/gobuild"
  if [ "$go_found" = machine ]; then
    env -u GOTOOLCHAIN go "$@"
  else
    FLOTILLA_BIND="$HOME
$cache" inside "$cache/work/go" sh -c 'cd "$0" && exec go "$@"' "$PWD" "$@"
  fi
}

clean_toolchain() {
  [ -d "$cache/work/gomod" ] || [ -d "$source" ] || return 0
  chmod -R u+w "$cache/work/gomod" 2>/dev/null || true
  rm -rf "$source" "$source-yaml" "$cache/work/gomod" "$cache/work/gobuild" "$cache/work/go"
}
