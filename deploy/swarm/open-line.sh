# Opens a line into this container: what knows the secret that the stack has for it may have scripts run here, by TLS, as an
# engine's exec would. Nothing of it depends on the balancer's Nginx, or on its settings.
mkdir -p "$line"
chmod 700 "$line"
token=$(sha256sum "$line_secret" | cut -c 1-64)
printf %s "$line_js" >"$line/line.js"
printf %s "$pack_sh" >"$line/pack.sh"
rm -f "$line/jobs"
mkfifo -m 600 "$line/jobs"
cat >"$line/nginx.conf" <<CONF
load_module modules/ngx_http_js_module.so;
user root;
error_log /dev/stderr error;
pid $line/nginx.pid;
events { worker_connections 512; }
http {
  js_engine qjs;
  js_import line from $line/line.js;
  access_log off;
  client_max_body_size 8m;
  client_body_buffer_size 8m;
  server {
    listen $line_port ssl;
    ssl_certificate $line_secret;
    ssl_certificate_key $line_secret;
    if (\$http_x_line != "$token") { return 403; }
    location = /run { js_content line.run; }
    location = /settings { js_content line.settings; }
    location = /serial { log_not_found off; alias $config/live/serial; }
  }
}
CONF
exec 3<>"$line/jobs"
run_job() { # id, user
  if [ -z "$2" ]; then sh -e -s; else su -s /bin/sh -c 'exec sh -e -s' "$(awk -F : -v id="$2" '$3 == id { print $1; exit }' /etc/passwd)"; fi \
    <"$line/$1" >"$line/$1.out" 2>"$line/$1.err" 3>&-
  echo $? >"$line/$1.done"
  mv "$line/$1.done" "$line/$1.code"
}
while read -r id user <&3; do run_job "$id" "$user" & done &
# Without a master its process has not the name of a balancer's worker, of which a drain counts those that go on.
while :; do nginx -c "$line/nginx.conf" -g 'daemon off; master_process off;' 3>&-; sleep 1; done &
exec 3>&-
