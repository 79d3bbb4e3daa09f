# The official image's user, in the image that has only some programs.
echo 'postgres:x:70:70::/var/lib/postgresql:/bin/sh' >>/only/etc/passwd
echo 'postgres:x:70:' >>/only/etc/group
