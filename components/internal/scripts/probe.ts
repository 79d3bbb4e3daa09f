import { fetchFunction, inBalancer } from "./balancer";
import { docker, Failure, quote } from "./docker";

/** A replica that shall answer. */
interface Expected {
  /** Name of the container. */
  replica: string;
  /** What the user calls it. */
  title: string;
}

/** Asks through the balancer until every replica has answered: only then Nginx has resolved its name. */
export async function probe(
  balancer: string,
  network: string,
  upstream: string,
  port: number,
  replicas: Expected[],
): Promise<void> {
  const addresses = await Promise.all(replicas.map(({ replica }) => addressOf(replica, network)));
  const peers = addresses.map((address) => `${address}:${port}`);
  const output = await inBalancer(balancer, probeScript(upstream, peers));
  const silent = replicas.filter((_, i) => !output.includes(`${peers[i] ?? ""} answered`));
  if (silent.length === 0) return;
  const titles = silent.map(({ title }) => title).join(", ");
  throw new Failure(
    `The balancer had no answer from ${titles} within 15 seconds. Traffic stays where it was.`,
  );
}

async function addressOf(replica: string, network: string): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks ${JSON.stringify(network)}).IPAddress}}`;
  return docker(["inspect", "--type=container", `--format=${format}`, replica]);
}

function probeScript(upstream: string, peers: string[]): string {
  return `
${fetchFunction}
missing=${quote(` ${peers.join(" ")} `)}
end=$(( $(date +%s) + 15 ))
while [ -n "$(echo $missing)" ] && [ $(date +%s) -lt $end ]; do
  peer=$(fetch /probe/${upstream} 2>/dev/null | tr -d '\\r' | sed -n 's/^ *[Xx]-[Uu]pstream-[Aa]ddress: *//p')
  case "$missing" in
    *" $peer "*) missing=$(echo "$missing" | sed "s/ $peer / /"); echo "$peer answered" ;;
    *) sleep 0.05 ;;
  esac
done`;
}
