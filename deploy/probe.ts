import type { Probe } from "../nginx/model";
import { inBalancer } from "./balancer";
import { sleep } from "./process";
import { type Engine, Failure } from "../engine/client";
import { quote } from "../engine/shell";
import { explainSilence } from "./silence";
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
export interface Probed {
  name: string;
  port: number;
  /** How long Nginx leaves out a replica that has failed before. */
  failSeconds: number;
  /** What they are asked. */
  probe: Probe;
}

/** Where an upstream's replicas are asked. */
export interface ProbePlace {
  /** Name of the balancer's container. */
  balancer: string;
  network: string;
}

const answerSeconds = 15;
/** Seconds that an engine gets beyond those of what is waited for. */
const patienceSeconds = 60;
/** Refusals in a row after which one that is healthy by its own check will not be reached from outside either. */
const mostRefusals = 15;
/** What a balancer says that has no place to ask at: nothing is said of an answer there. */
const cannotAsk = "cannot-ask";

/**
 * Asks replicas by their addresses until each has answered, before any request can come to them: one that only its own
 * container reaches is healthy, and of no use. A balancer that was made by an earlier version cannot ask so.
 */
export async function askDirectly(
  engine: Engine,
  place: ProbePlace,
  upstream: Probed,
  replicas: Expected[],
): Promise<void> {
  const { probe, port } = upstream;
  const headers = [`X-Path: ${probe.path}`, `X-Host: 127.0.0.1:${port}`].map(quote).join(" ");
  await awaitAnswers(engine, place, upstream, replicas, {
    seconds: answerSeconds,
    mostRefusals: mostRefusals * replicas.length,
    round: (peers) =>
      peers
        .map(
          (peer) =>
            `answer=$(ask /ask-${probe.protocol} ${quote(`X-Peer: ${peer}`)} ${headers}); [ -n "$answer" ] || { echo ${cannotAsk}; exit 0; }; heard ${peer} "$answer"`,
        )
        .join("\n"),
  });
}

/** Asks through the balancer until every replica has answered: only then Nginx has resolved its name. */
export async function probe(
  engine: Engine,
  place: ProbePlace,
  upstream: Probed,
  replicas: Expected[],
): Promise<void> {
  await awaitAnswers(engine, place, upstream, replicas, {
    seconds: answerSeconds + upstream.failSeconds,
    round: () => `answer=$(ask /probe/${upstream.name}); heard "\${answer%%;*}" "$answer"`,
  });
}

/** How replicas are asked until all have answered. */
interface Questions {
  seconds: number;
  /** Refused connections in a row that end the waiting; any number when left out. */
  mostRefusals?: number;
  /** Shell commands that ask once. */
  round: (peers: string[]) => string;
}

async function awaitAnswers(
  engine: Engine,
  { balancer, network }: ProbePlace,
  upstream: Probed,
  replicas: Expected[],
  { seconds, mostRefusals: most, round }: Questions,
): Promise<void> {
  if (replicas.length === 0) return;
  const addresses = await Promise.all(replicas.map(({ replica }) => addressOf(engine, replica, network)));
  const peers = addresses.map((address) => `${address}:${upstream.port}`);
  const excused = replicas.map(({ replica, mayBeOut }, i) =>
    mayBeOut === true ? excuse(upstream.name, `${replica}:${upstream.port}`, peers[i] ?? "") : "",
  );
  const output = await inBalancer(
    engine,
    balancer,
    askingScript(upstream.probe, { peers, seconds, most, questions: `${round(peers)}\n${excused.join("")}` }),
    seconds + patienceSeconds,
  );
  const lines = output.split("\n");
  if (lines.includes(cannotAsk)) return;
  const said = new Map(lines.map((line) => [line.replace(/ .*/, ""), line.replace(/^\S+ /, "")]));
  const silent = replicas.flatMap((replica, i) => {
    const answer = said.get(peers[i] ?? "") ?? "";
    return answer === "good" ? [] : [{ ...replica, answer }];
  });
  if (silent.length === 0) return;
  const titles = silent.map(({ title }) => title).join(", ");
  const reasons = await Promise.all(
    silent.map(
      async ({ replica, title, answer }) =>
        `  ${title} ${await explainSilence(engine, replica, upstream, answer)}`,
    ),
  );
  throw new Failure([`The balancer has no good answer from ${titles}.`, ...reasons].join("\n"));
}

async function addressOf(engine: Engine, replica: string, network: string): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks ${JSON.stringify(network)}).IPAddress}}`;
  return engine.run(["inspect", "--type=container", `--format=${format}`, replica]);
}

/** Shell commands that wait no longer for a replica that is out. */
function excuse(upstream: string, name: string, peer: string): string {
  const isOut = `grep -q ${quote(`^server ${name} .* down;`)} /etc/flotilla/live/members/${upstream}.conf`;
  return `if ${isOut}; then arrived ${peer}; fi\n`;
}

/** Shell functions that ask the control server, and tell a good answer from a bad one. */
function askFunctions({ seconds, takesAnyAnswer }: Probe): string {
  return `
${fetchFunction}
# Nginx gives up before.
patience=${seconds + 2}
ask() { fetch "$@" 2>/dev/null | tr -d '\\r' | sed -n 's/^ *[Xx]-[Ff]lotilla-[Aa]nswer: *//p'; }
# Of several tries the last one counts; its time is a dash where Nginx had no answer and made one.
good() {
  status=\${1#*; } status=\${status%%;*} status=\${status##* }
  [ -n "$1" ] && [ "\${1##* }" != - ] || return 1
  ${takesAnyAnswer ? "return 0" : 'case "$status" in 2?? | 3??) ;; *) return 1 ;; esac'}
}`;
}

interface AskingScript {
  peers: string[];
  seconds: number;
  most: number | undefined;
  /** Shell commands that ask, and say what they heard. */
  questions: string;
}

function askingScript(probe: Probe, { peers, seconds, most, questions }: AskingScript): string {
  return `
${askFunctions(probe)}
missing=${quote(` ${peers.join(" ")} `)} refusals=0
arrived() {
  case "$missing" in
    *" $1 "*) missing=$(echo "$missing" | sed "s/ $1 / /"); echo "$1 good" ;;
    *) return 0 ;;
  esac
}
heard() {
  case "$missing" in
    *" $1 "*)
      case "$2" in *"; 502; -") refusals=$((refusals + 1)) ;; *) refusals=0 ;; esac
      if good "$2"; then arrived "$1"; else echo "$1 $2"; sleep 0.2; fi ;;
    *) sleep 0.05 ;;
  esac
}
end=$(( $(date +%s) + ${seconds} ))
while [ -n "$(echo $missing)" ] && [ $(date +%s) -lt $end ]${most === undefined ? "" : ` && [ $refusals -lt ${most} ]`}; do
${questions}done`;
}

/** File of a configuration that prints the names of the pools that cannot answer, asking each as a client would. */
export const silentFile = "silent.sh";

/** The text of that file. */
export function silentScript(upstreams: Pick<Probed, "name" | "probe">[]): string {
  const questions = upstreams.map(({ name, probe: asked }) =>
    [
      "(",
      askFunctions(asked),
      // A replica that comes back may miss one question.
      `good "$(ask /answers/${name})" || { sleep 0.5; good "$(ask /answers/${name})"; } || echo ${name}`,
      ") &",
    ].join("\n"),
  );
  return [...questions, "wait", ""].join("\n");
}

/** Waits until every pool can answer; gives the names of those that cannot. */
export async function findSilent(engine: Engine, balancer: string): Promise<string[]> {
  const deadline = Date.now() + answerSeconds * 1000;
  for (;;) {
    const output = await inBalancer(engine, balancer, `sh /etc/flotilla/live/${silentFile} | sort`);
    if (output === "") return [];
    if (Date.now() > deadline) return output.split("\n");
    await sleep(300);
  }
}
