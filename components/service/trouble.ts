import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../resources/context";
import type { Presence } from "../resources/presence";
import { leaveOutFronts } from "../../engine/fronts";
import { lookScript } from "../../deploy/look";

/**
 * A text that changes when an update has something to put right that the state does not know of: a container of the
 * service was stopped by hand, and Docker does not start such a one again; a balancer has lost its settings; or nobody can
 * answer for a pool. While all is well it is what the balancer was told last, so that the next update changes nothing. A new replica that did not pass its
 * gate is stopped too, but that is its gate's to put right.
 */
export function findTrouble(context: Context): pulumi.Output<string> {
  return pulumi.all([context.engine, context.presence]).apply(async ([engine, { containers }]) => {
    const ask = async (args: string[]): Promise<string> => {
      const { code, stdout } = await engine.attempt(args);
      // Where the engine cannot be asked, the deployment itself will say why.
      return code === 0 ? stdout.trim() : "";
    };
    const say = (message: string): void => void pulumi.log.info(message, context.parent);
    const running = containers.filter((each) => isBalancer(each) && each.state === "running");
    const balancers = leaveOutFronts(running, ({ labels }) => ({
      ...labels,
      sharesFront: labels.number !== undefined,
    }));
    const looks = await Promise.all(balancers.map(({ id }) => ask(["exec", id, "sh", "-c", lookScript])));
    const seen = (word: string): string[] => [
      ...new Set(
        looks.flatMap((look) =>
          [...look.matchAll(RegExp(`^${word} (.*)$`, "gm"))].map(([, name = ""]) => name),
        ),
      ),
    ];
    const stopped = findStopped(containers, balancers.length === 0 ? undefined : seen("live"));
    const found = await tellEnds(stopped, ask);
    if (found.length > 0)
      say(`Stopped by hand, and started again by an update: ${stopped.map(({ name }) => name).join(", ")}.`);
    const idle = balancers.filter((_, index) => /^idle$/m.test(looks[index] ?? "")).map(({ name }) => name);
    if (idle.length > 0) {
      say(`Without settings that Nginx takes, and given them again by an update: ${idle.join(", ")}.`);
      found.push(`${idle.join(", ")} without settings at ${new Date().toISOString()}`);
    }
    const silent = seen("silent").sort();
    if (silent.length > 0 && found.length === 0) {
      say(
        `Nobody can answer for ${silent.join(", ")}; an update ends with an error unless it puts that right.`,
      );
      found.push(`nobody answers for ${silent.join(", ")} at ${new Date().toISOString()}`);
    }
    if (found.length > 0) return found.join(", ");
    return seen("told").find((told) => told !== "") ?? "";
  });
}

type Listed = Presence["containers"][number];

function isBalancer({ labels }: Listed): boolean {
  return labels.role === "balancer";
}

/** The containers that have ended, but for replicas that never served. */
function findStopped(containers: Listed[], live: string[] | undefined): Listed[] {
  // A worker that has ended is made anew instead.
  const exited = containers.filter(({ state, labels }) => state === "exited" && labels.role !== "worker");
  // Without a balancer there was never one that served.
  const served = live ?? (exited.some(isBalancer) ? undefined : []);
  const isNew = ({ name, labels }: Listed): boolean =>
    labels.role === "replica" && served?.includes(name) === false;
  return exited.filter((each) => !isNew(each)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Names of containers with when they ended, which tells a stop from the one before. */
async function tellEnds(stopped: Listed[], ask: (args: string[]) => Promise<string>): Promise<string[]> {
  if (stopped.length === 0) return [];
  const format = "--format={{slice .Name 1}} at {{.State.FinishedAt}}";
  const told = await ask(["inspect", "--type=container", format, ...stopped.map(({ id }) => id)]);
  return told.split("\n").filter((line) => line !== "");
}
