import { nameMember } from "../nginx/members";
import type { Probe } from "../nginx/model";
import { membersSh } from "../nginx/texts";
import { inBalancer } from "./balancer";
import { controlValues } from "./control";
import { sleep } from "./process";
import { type Engine, Failure } from "../engine/client";
import { composeShell } from "../engine/shell";
import { warnOfShortKeeping } from "./keep-alive";
import { explainSilence } from "./silence";
import type { Probed } from "./tasks";
import { silentFile } from "./transaction";
import { askDirectlySh, askSh, askThroughSh, awaitAnswersSh, fetchSh, silentSh } from "./texts";

/** A replica that shall answer. */
interface Expected {
  /** Name of the container. */
  replica: string;
  /** Name that the user knows. */
  title: string;
  /** Whether it need not answer while its health check has taken it out. */
  mayBeOut?: boolean;
}

/** Where an upstream's replicas are asked. */
export interface ProbePlace {
  /** Name of the balancer's container. */
  balancer: string;
  /** Addresses of the replicas on the balancer's network, by the names of their containers. */
  addresses: Map<string, string>;
}

const answerSeconds = 15;
/** Seconds more for each replica: they are asked one after the other, by a machine that has others to start. */
const secondsForEach = 0.25;
/** Seconds that a round of questions may take when none is answered; an engine has some patience beyond. */
const roundSeconds = 45;
/** Seconds that an engine gets beyond those of what is waited for. */
const patienceSeconds = 60;
/** Refusals in a row after which one that is healthy by its own check will not be reached from outside either. */
const mostRefusals = 15;
/** Word of a balancer that has no place to ask at: nothing is said of an answer there. */
const cannotAsk = "cannot-ask";

/**
 * Asks replicas by their addresses until each has answered, before any request can come to them: one that only its own
 * container reaches is healthy, and of no use. A balancer that was made by an earlier version cannot ask so. Gives warnings.
 */
export async function askDirectly(
  engine: Engine,
  place: ProbePlace,
  upstream: Probed,
  replicas: Expected[],
): Promise<string[]> {
  const { probe, port } = upstream;
  const lines = await awaitAnswers(engine, place, upstream, replicas, {
    seconds: answerSeconds + Math.ceil(replicas.length * secondsForEach),
    mostRefusals: mostRefusals * replicas.length,
    values: { protocol: probe.protocol, path: probe.path, port, cannot_ask: cannotAsk },
    texts: [askDirectlySh],
  });
  // Of one that was asked often the last counts.
  const headers = new Map(
    lines.filter((line) => line.includes(" keeps ")).map((line) => line.split(" keeps ") as [string, string]),
  );
  return warnOfShortKeeping(
    upstream.name,
    upstream.idleSeconds,
    replicas.map((replica) => ({
      title: replica.title,
      header: headers.get(namePeer(place.addresses, replica, upstream)) ?? "",
    })),
  );
}

/** Asks through the balancer until every replica has answered: only then Nginx has resolved its name. */
export async function probe(
  engine: Engine,
  place: ProbePlace,
  upstream: Probed,
  replicas: Expected[],
): Promise<void> {
  const excused = replicas
    .filter(({ mayBeOut }) => mayBeOut === true)
    .map(
      (each) => `${nameMember(each.replica, upstream.port)} ${namePeer(place.addresses, each, upstream)}\n`,
    );
  await awaitAnswers(engine, place, upstream, replicas, {
    seconds: countAnswerSeconds(upstream, replicas.length),
    values: {
      upstream: upstream.name,
      excused: excused.join(""),
      times: countTimes(replicas.length, upstream.probe),
    },
    texts: [membersSh, askThroughSh],
  });
}

/** Most seconds that so many replicas of an upstream get to answer through the balancer. */
export function countAnswerSeconds({ failSeconds }: Pick<Probed, "failSeconds">, replicas: number): number {
  return answerSeconds + failSeconds + Math.ceil(replicas * secondsForEach);
}

/**
 * How often a round asks through the balancer, by one client: which replica answers is up to Nginx, so that many have to be asked
 * much more often than there are replicas.
 */
function countTimes(replicas: number, { seconds }: Pick<Probe, "seconds">): number {
  return Math.max(1, Math.min(Math.ceil(replicas / 4), Math.floor(roundSeconds / (seconds + 2))));
}

/** How replicas are asked until all have answered. */
interface Questions {
  seconds: number;
  /** Refused connections in a row that end the waiting; any number when left out. */
  mostRefusals?: number;
  /** The function `ask_once`, and what it needs. */
  texts: string[];
  values: Record<string, string | number>;
}

async function awaitAnswers(
  engine: Engine,
  { balancer, addresses }: ProbePlace,
  upstream: Probed,
  replicas: Expected[],
  { seconds, mostRefusals: most, texts, values }: Questions,
): Promise<string[]> {
  if (replicas.length === 0) return [];
  const peers = replicas.map((replica) => namePeer(addresses, replica, upstream));
  const script = composeShell(
    { ...askValues(upstream.probe), peers: peers.join(" "), seconds, most_refusals: most ?? "", ...values },
    ...[fetchSh, askSh, ...texts, awaitAnswersSh],
  );
  const output = await inBalancer(engine, balancer, script, { seconds: seconds + patienceSeconds });
  const lines = output.split("\n");
  if (lines.includes(cannotAsk)) return [];
  const said = new Map(lines.map((line) => [line.replace(/ .*/, ""), line.replace(/^\S+ /, "")]));
  const silent = replicas.flatMap((replica, i) => {
    const answer = said.get(peers[i] ?? "") ?? "";
    return answer === "good" ? [] : [{ ...replica, answer }];
  });
  if (silent.length === 0) return lines;
  const titles = silent.map(({ title }) => title).join(", ");
  const reasons = await Promise.all(
    silent.map(
      async ({ replica, title, answer }) =>
        `  ${title} ${await explainSilence(engine, replica, upstream, answer)}`,
    ),
  );
  throw new Failure([`The balancer has no good answer from ${titles}.`, ...reasons].join("\n"));
}

/** Address and port of a replica. */
function namePeer(addresses: Map<string, string>, { replica, title }: Expected, { port }: Probed): string {
  const address = addresses.get(replica);
  if (address === undefined)
    throw new Failure(`The container ${replica} of ${title} is gone. Run the update again.`);
  return `${address}:${port}`;
}

/** Values for `fetch.sh` and `ask.sh`; Nginx gives up before their patience ends. */
function askValues({ seconds, takesAnyAnswer }: Probe): Record<string, string | number> {
  return { ...controlValues, patience: seconds + 2, any_answer: takesAnyAnswer ? "yes" : "" };
}

/** The text of the file that prints the names of the pools that cannot answer. */
export function renderSilent(upstreams: Pick<Probed, "name" | "probe">[]): string {
  const pools = upstreams.map(
    ({ name, probe: { seconds, takesAnyAnswer } }) => `${name} ${seconds}${takesAnyAnswer ? " yes" : ""}\n`,
  );
  return composeShell({ ...controlValues, pools: pools.join("") }, fetchSh, askSh, silentSh);
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
