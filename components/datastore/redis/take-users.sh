{ cat /etc/flotilla/users.acl; grep '^user app ' /data/users.acl 2>/dev/null || true; } > /data/users.acl.next
mv /data/users.acl.next /data/users.acl
