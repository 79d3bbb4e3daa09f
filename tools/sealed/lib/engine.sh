# The Docker engine; sourced by tools/sealed/setup.

engine() {
  docker info >/dev/null 2>&1 && return
  if [ -n "${DOCKER_HOST:-}" ] && ! is_missing docker; then
    stop "DOCKER_HOST is $DOCKER_HOST, and no engine answers there: start it, or unset DOCKER_HOST."
  fi
  is_missing dockerd && install_packages docker.io containerd runc iptables ca-certificates
  # The client is a package of its own since Debian 13.
  is_missing docker && install_packages docker-cli
  docker info >/dev/null 2>&1 && return
  step "starting the Docker engine" "seconds" start_engine
}

start_engine() {
  if [ -d /run/systemd/system ]; then
    systemctl start docker
  else
    setsid dockerd --data-root "$cache/docker" >>"$cache/logs/dockerd.log" 2>&1 </dev/null 9>&- &
  fi
  tries=0
  until docker info >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 120 ]; then
      tail -n 15 "$cache/logs/dockerd.log"
      return 1
    fi
    sleep 0.5
  done
}
