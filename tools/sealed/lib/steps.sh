# How the set-up tells what it does; sourced by tools/sealed/setup.

# Standard output belongs to whoever started the set-up.
say() { echo "setup: $*" >&2; }

stop() {
  say "$*"
  exit 1
}

# One set-up at a time. What a killed one started holds the lock until it has ended, so nothing is done by two.
lock() {
  exec 9>"$cache/lock"
  flock -n 9 && return
  say "waiting for another set-up that is at work"
  flock 9
}

# Runs a command that takes long, and shows how long; what it prints goes to a log.
step() { # what, how long it takes, command
  step_name=$1
  step_log=$cache/logs/$(echo "$1" | tr -cs '[:alnum:].\n' -).log
  say "$1 ($2)"
  shift 2
  step_start=$(date +%s)
  "$here/lib/tick.sh" "$$" "$step_start" 9>&- &
  step_ticker=$!
  # In the background, because the right side of && or || would go on after an error.
  (
    set -e
    "$@"
  ) >"$step_log" 2>&1 </dev/null &
  step_work=$!
  trap 'kill "$step_ticker" "$step_work" 2>/dev/null; exit 130' INT TERM
  step_status=0
  wait "$step_work" || step_status=$?
  trap - INT TERM
  kill "$step_ticker" 2>/dev/null || true
  if [ "$step_status" -ne 0 ]; then
    tail -n 15 "$step_log" >&2
    stop "$step_name failed; the whole log is $step_log"
  fi
  say "  done in $(($(date +%s) - step_start)) s"
}

is_missing() { ! command -v "$1" >/dev/null; }

may_install() { [ "$(id -u)" = 0 ] && ! is_missing apt-get; }

install_packages() { # packages
  may_install || stop "$* missing: only root on Debian may install packages; install them, and start again."
  step "installing $*" "a minute" install_packages_now "$@"
}

install_packages_now() {
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@"
}
