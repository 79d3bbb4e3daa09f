import { inBalancer } from "./balancer";
import { docker, Failure, quote } from "./docker";
import { fetchFunction } from "./transaction";

/** A replica that shall answer. */
interface Expected {
  /** Name of the container. */
  replica: string;
  /** What the user calls it. */
  title: string;
  /** Whether it need not answer while its health check has taken it out. */
  mayBeOut?: boolean;
}

/** The upstream whose replicas shall answer. */
interface Probed {
  name: string;
  port: number;
  /** How long Nginx leaves out a replica that has failed before. */
  failSeconds: number;
}

const answerSeconds = 15;

/** Asks through the balancer until every replica has answered: only then Nginx has resolved its name. */
export async function probe(
  balancer: string,
  network: string,
  { name: upstream, port, failSeconds }: Probed,
  replicas: Expected[],
): Promise<void> {
  const seconds = answerSeconds + failSeconds;
  const addresses = await Promise.all(replicas.map(({ replica }) => addressOf(replica, network)));
  const peers = addresses.map((address) => `${address}:${port}`);
  const excused = replicas.map(({ replica, mayBeOut }, i) =>
    mayBeOut === true ? excuse(upstream, `${replica}:${port}`, peers[i] ?? "") : "",
  );
  const output = await inBalancer(
    balancer,
    probeScript({ upstream, peers, excused: excused.join(""), seconds }),
  );
  const silent = replicas.filter((_, i) => !output.includes(`${peers[i] ?? ""} answered`));
  if (silent.length === 0) return;
  const titles = silent.map(({ title }) => title).join(", ");
  throw new Failure(
    `The balancer had no answer from ${titles} within ${seconds} seconds. Traffic stays where it was.`,
  );
}

async function addressOf(replica: string, network: string): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks ${JSON.stringify(network)}).IPAddress}}`;
  return docker(["inspect", "--type=container", `--format=${format}`, replica]);
}

/** Shell commands that wait no longer for a replica that is out. */
function excuse(upstream: string, name: string, peer: string): string {
  const isOut = `grep -q ${quote(`^server ${name} .* down;`)} /etc/flotilla/live/members/${upstream}.conf`;
  return `  if ${isOut}; then arrived ${peer} || true; fi\n`;
}

interface ProbeScript {
  upstream: string;
  peers: string[];
  /** Shell commands for replicas that need not answer. */
  excused: string;
  seconds: number;
}

function probeScript({ upstream, peers, excused, seconds }: ProbeScript): string {
  return `
${fetchFunction}
missing=${quote(` ${peers.join(" ")} `)}
arrived() {
  case "$missing" in
    *" $1 "*) missing=$(echo "$missing" | sed "s/ $1 / /"); echo "$1 answered" ;;
    *) return 1 ;;
  esac
}
end=$(( $(date +%s) + ${seconds} ))
while [ -n "$(echo $missing)" ] && [ $(date +%s) -lt $end ]; do
  peer=$(fetch /probe/${upstream} 2>/dev/null | tr -d '\\r' | sed -n 's/^ *[Xx]-[Uu]pstream-[Aa]ddress: *//p')
  arrived "$peer" || sleep 0.05
${excused}done`;
}
