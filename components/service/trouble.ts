import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../resources/context";
import { nameStack } from "../resources/own-names";
import { startedFile } from "../../deploy/balancer";
import { labelFilters } from "../../engine/client";
import { silentFile } from "../../deploy/probe";

/**
 * A text that changes when an update has something to put right that the state does not know of: a container of the
 * service was stopped by hand, and Docker does not start such a one again; or nobody can answer for a pool. While all is
 * well it is what the balancer was told last, so that the next update changes nothing.
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
    const found = [...(await findStopped(ask, own, say))];
    const running = await ask(["ps", "--quiet", "--filter=label=flotilla.role=balancer", ...own]);
    const balancers = running.split("\n").filter((id) => id !== "");
    const looks = await Promise.all(balancers.map((id) => ask(["exec", id, "sh", "-c", lookScript])));
    const silent = [...new Set(looks.flatMap((look) => look.split("\n").slice(1)))].sort();
    if (silent.length > 0 && found.length === 0) {
      say(
        `Nobody can answer for ${silent.join(", ")}; an update ends with an error unless it puts that right.`,
      );
      found.push(`nobody answers for ${silent.join(", ")} at ${new Date().toISOString()}`);
    }
    if (found.length > 0) return found.join(", ");
    return looks.map((look) => look.split("\n")[0] ?? "").find((told) => told !== "") ?? "";
  });
}

/** Prints what the balancer was told last in one line, and the names of pools that cannot answer in one line each. */
const lookScript = [
  "cd /etc/flotilla/live || exit 0",
  `cat ${startedFile} 2>/dev/null || true`,
  "echo",
  `[ ! -f ${silentFile} ] || sh ${silentFile}`,
].join("\n");

async function findStopped(
  ask: (args: string[]) => Promise<string>,
  own: string[],
  say: (message: string) => void,
): Promise<string[]> {
  const ids = await ask(["ps", "--all", "--quiet", "--filter=status=exited", ...own]);
  if (ids === "") return [];
  const format = "--format={{slice .Name 1}} at {{.State.FinishedAt}}";
  const stopped = await ask(["inspect", "--type=container", format, ...ids.split("\n")]);
  if (stopped === "") return [];
  const all = stopped.split("\n").sort();
  const names = all.map((each) => each.replace(/ at .*/, "")).join(", ");
  say(`Stopped by hand, and started again by an update: ${names}.`);
  return all;
}
