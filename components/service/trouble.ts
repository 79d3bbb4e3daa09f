import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../resources/context";
import { nameStack } from "../resources/own-names";
import { labelFilters } from "../../engine/client";
import { lookScript } from "../../deploy/look";

/**
 * A text that changes when an update has something to put right that the state does not know of: a container of the
 * service was stopped by hand, and Docker does not start such a one again; or nobody can answer for a pool. While all is
 * well it is what the balancer was told last, so that the next update changes nothing. A new replica that did not pass its
 * gate is stopped too, but that is its gate's to put right.
 */
export function findTrouble(context: Context): pulumi.Output<string> {
  return context.engine.apply(async (engine) => {
    const ask = async (args: string[]): Promise<string> => {
      const { code, stdout } = await engine.attempt(args);
      // Where the engine cannot be asked, the deployment itself will say why.
      return code === 0 ? stdout.trim() : "";
    };
    const say = (message: string): void => void pulumi.log.info(message, context.parent);
    const own = labelFilters({ "flotilla.stack": nameStack(), "flotilla.service": context.name });
    const running = await ask(["ps", "--quiet", "--filter=label=flotilla.role=balancer", ...own]);
    const balancers = running.split("\n").filter((id) => id !== "");
    const looks = await Promise.all(balancers.map((id) => ask(["exec", id, "sh", "-c", lookScript])));
    const seen = (word: string): string[] => [
      ...new Set(
        looks.flatMap((look) =>
          [...look.matchAll(RegExp(`^${word} (.*)$`, "gm"))].map(([, name = ""]) => name),
        ),
      ),
    ];
    const found = await findStopped(ask, own, balancers.length === 0 ? undefined : seen("live"), say);
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

async function findStopped(
  ask: (args: string[]) => Promise<string>,
  own: string[],
  live: string[] | undefined,
  say: (message: string) => void,
): Promise<string[]> {
  const ids = await ask(["ps", "--all", "--quiet", "--filter=status=exited", ...own]);
  if (ids === "") return [];
  const format =
    '--format={{slice .Name 1}} at {{.State.FinishedAt}} {{index .Config.Labels "flotilla.role"}}';
  const stopped = await ask(["inspect", "--type=container", format, ...ids.split("\n")]);
  const exited = stopped
    .split("\n")
    .map((line) => / (?<role>\S*)$/.exec(line))
    .filter((line) => line !== null);
  // Without a balancer there was never one that served.
  const served = live ?? (exited.some(({ groups }) => groups?.role === "balancer") ? undefined : []);
  const all = exited
    .filter(({ input, groups }) => {
      const isNew = groups?.role === "replica" && served?.includes(input.replace(/ at .*/, "")) === false;
      return !isNew;
    })
    .map(({ input, index }) => input.slice(0, index))
    .sort();
  if (all.length === 0) return [];
  const names = all.map((each) => each.replace(/ at .*/, "")).join(", ");
  say(`Stopped by hand, and started again by an update: ${names}.`);
  return all;
}
