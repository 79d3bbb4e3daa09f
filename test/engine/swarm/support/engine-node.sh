# An engine in a container: /sys and the control groups are its own, so containers of its containers lie below it.
set -e
mount -o remount,bind,rw /sys
for mounted in /sys/fs/cgroup /sys/fs/cgroup/*; do
  ! mountpoint -q "$mounted" || mount -o remount,bind,rw "$mounted"
done
# With the second version of control groups, one that has processes passes no limits on.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p /sys/fs/cgroup/init
  for pid in $(cat /sys/fs/cgroup/cgroup.procs); do echo "$pid" >/sys/fs/cgroup/init/cgroup.procs 2>/dev/null || true; done
  sed -e 's/ / +/g' -e 's/^/+/' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
fi
# What one that was killed has left.
rm -f /var/run/docker.pid /var/run/docker.sock
exec dockerd --host=unix:///var/run/docker.sock --host=tcp://0.0.0.0:2375 --tls=false --storage-driver=overlay2 \
  --bip="172.31.$NODE.1/24" --default-address-pool="base=172.30.$NODE.0/24,size=26" --insecure-registry=registry:5000 "$@"
