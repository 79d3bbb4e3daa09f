# Says by its exit code whether the replica answers well; needs: command, or host, port and path; timeout.
# A proxy that the application needs is not between it and its own check.
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
url=http://$host:$port$path
# Images of applications seldom have the same client. The shell's own comes first: it costs a tenth of a program.
client=none
for program in python3 node curl wget bash; do
  if command -v $program >/dev/null; then client=$program; fi
done

look() {
  if [ -n "$command" ]; then
    timeout "$timeout" sh -c "$command"
    return
  fi
  case $client in
    bash) look_by_bash ;;
    wget)
      # Where a redirect leads is another's health; wget of BusyBox follows it all the same, but its first answer counts.
      case "$(wget --help 2>&1)" in *max-redirect*) stay=--max-redirect=0 ;; *) stay= ;; esac
      said=$(timeout "$timeout" wget $stay -q -S -O /dev/null "$url" 2>&1)
      case $said in *HTTP/1.[01]" "[23][0-9][0-9]*) ;; *) echo "${said:-no answer within $timeout s}"; return 1 ;; esac
      ;;
    curl) timeout "$timeout" curl -fsS -o /dev/null "$url" ;;
    node)
      timeout "$timeout" node -e 'fetch(process.argv[1], { redirect: "manual" }).then(({ status }) => process.exit(status < 400 ? 0 : 1))' "$url"
      ;;
    python3)
      timeout "$timeout" python3 -c 'import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))
connection.request("GET", sys.argv[3])
sys.exit(connection.getresponse().status >= 400)' "$host" "$port" "$path"
      ;;
    *)
      echo "The image has none of bash, wget, curl, node and python3: set healthCheck.command."
      return 1
      ;;
  esac
}
