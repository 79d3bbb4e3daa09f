# Writes down what a container says of itself where the Nginx of several share one network.
know_own_place() { # address, metrics port
  mkdir -p "$own_folder"
  echo "server $1:$control_port;" >"$own_upstream"
  echo "listen $1:$control_port;" >"$own_control"
  echo "listen $2 reuseport;" >"$own_metrics"
  echo "$1" >"$own_address"
  own=$1
}
# A container that an earlier version made was alone.
[ -f "$own_address" ] || know_own_place "$lone_address" "$metrics_port"
