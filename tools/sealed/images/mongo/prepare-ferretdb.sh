# Run in the sources of FerretDB. It knows no roles: it takes them and leaves users without them, instead of refusing users.
for file in internal/handler/msg_createuser.go internal/handler/msg_updateuser.go; do
  grep -q 'return ok && r.Len() == 0' $file
  sed -i '/return ok && r.Len() == 0/s/== 0/>= 0/' $file
done
# Users can be made while nobody is asked for a password, as in MongoDB.
grep -q '^	if h.EnableNewAuth {$' internal/handler/commands.go
sed -i 's/^	if h.EnableNewAuth {$/	if true {/' internal/handler/commands.go
# Its releases are built with this file.
echo "${module##*@}" >build/version/version.txt
