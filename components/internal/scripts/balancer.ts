import { docker, Failure, quote, tryDocker } from "./docker";

/** How a script finds a balancer: by what it is and where, since it may be replaced at any time. */
export interface BalancerPlace {
  /** Value of the label `flotilla.balancer`. */
  balancer: string;
  /** Name of the network that the balancer and its members share. */
  network: string;
}

/** Names, newest first, of the containers of a role on a network. */
export async function findContainers(
  role: string,
  network: string,
  filters: string[] = [],
  all = false,
): Promise<string[]> {
  const output = await docker([
    "ps",
    ...(all ? ["--all"] : []),
    "--no-trunc",
    "--format={{.Names}}",
    `--filter=label=flotilla.role=${role}`,
    `--filter=network=${network}`,
    ...filters.map((filter) => `--filter=${filter}`),
  ]);
  return output.split("\n").filter((line) => line !== "");
}

/** Name of the running balancer, or undefined when there is none. */
export async function findBalancer({ balancer, network }: BalancerPlace): Promise<string | undefined> {
  const [name] = await findContainers("balancer", network, [`label=flotilla.balancer=${balancer}`]);
  return name;
}

/** Runs a shell script in the balancer's container and gives what it printed. */
export async function inBalancer(container: string, script: string): Promise<string> {
  return docker(["exec", "-i", container, "sh", "-e", "-s"], script);
}

/** Writes text to a file, and makes its folder. */
export function writeFile(file: string, text: string): string {
  return `mkdir -p "$(dirname ${file})"\nprintf %s ${quote(text)} > ${file}`;
}

/** Writes text to a file of the configuration that is being prepared. */
export function writeNext(file: string, text: string): string {
  return writeFile(`next/${file}`, text);
}

/** Fetches a path of the balancer's control port, with whichever client its image has. */
export const fetchFunction = `
fetch() {
  if command -v curl >/dev/null; then curl -sS -m 4 -i "http://127.0.0.1:8101$1"
  else wget -q -S -O - -T 4 "http://127.0.0.1:8101$1" 2>&1
  fi
}`;

/**
 * Changes the configuration as one step: prepared beside the live one, checked by \`nginx -t\`, made live, and proven by
 * Nginx answering with the new generation. Where one of these fails, the last good configuration is live again.
 * Gives false when there was nothing to change.
 */
export async function changeConfiguration(container: string, edits: string): Promise<boolean> {
  const generation = `${Date.now().toString(36)}-${process.pid.toString(36)}`;
  const { code, stdout, stderr } = await tryDocker(
    ["exec", "-i", container, "sh", "-e", "-s"],
    transaction(edits, generation),
  );
  if (code === 0) return stdout.trim() !== "unchanged";
  const reason = (stderr || stdout).trim();
  throw new Failure(
    `The balancer "${container}" did not take the new configuration; the last good one stays.\n${reason}`,
  );
}

function transaction(edits: string, generation: string): string {
  return `
cd /etc/flotilla
exec 9>lock
flock 9
${fetchFunction}
generation() { fetch /generation 2>/dev/null | tail -n 1; }
settings() { (cd $1 && find . -type f ! -name generation.conf -exec cksum {} + | sort); }
# Workers of before the reload answer too until they are told to stop: only answers in a row prove the new generation.
proven() {
  tries=0 row=0
  while [ $row -lt 3 ]; do
    tries=$((tries + 1))
    [ $tries -le 100 ] || return 1
    if [ "$(generation)" = "$1" ]; then row=$((row + 1)); else row=0; sleep 0.1; fi
  done
}
reload() {
  if [ -s /run/nginx.pid ] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then
    nginx -c /etc/flotilla/live/nginx.conf -s reload 2>&1 | grep -v notice >&2 || true
  fi
}
rm -rf next
previous=$(readlink live || true)
if [ -n "$previous" ]; then cp -R "$previous" next; else mkdir -p next/members; fi
${edits}
if [ -n "$previous" ] && [ "$(settings live)" = "$(settings next)" ] && [ -s /run/nginx.pid ]; then
  rm -rf next
  echo unchanged
  exit 0
fi
echo 'return 200 "${generation}";' > next/generation.conf
nginx -t -q -c /etc/flotilla/next/nginx.conf >&2
mv next ${generation}
ln -sfn ${generation} live
reload
if ! proven ${generation}; then
  echo "Nginx did not start to use it within 10 seconds." >&2
  if [ -n "$previous" ]; then ln -sfn "$previous" live; reload; fi
  rm -rf ${generation}
  exit 1
fi
for folder in *; do
  case "$folder" in live | lock | intent | next | ${generation}) ;; *) rm -rf "$folder" ;; esac
done
`;
}
