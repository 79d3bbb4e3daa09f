import * as pulumi from "@pulumi/pulumi";
import { type Context, withHost } from "./context";
import { nameStack } from "./own-names";
import { startedFile } from "./scripts/balancer";
import { labelFilters, tryDocker } from "./scripts/docker";

/**
 * A text that changes when a container of the service was stopped by hand: Docker does not start such a one again, and the state does
 * not know. While nothing is stopped it is what the balancer was told last, so that the next update changes nothing.
 */
export function findStopped(context: Context): pulumi.Output<string> {
  return context.engineHost.apply(async (host) => {
    const ask = async (args: string[]): Promise<string> => {
      const { code, stdout } = await tryDocker(args, undefined, withHost(host));
      // Where the engine cannot be asked, the deployment itself will say why.
      return code === 0 ? stdout.trim() : "";
    };
    const own = labelFilters({ "flotilla.stack": nameStack(), "flotilla.service": context.name });
    const ids = await ask(["ps", "--all", "--quiet", "--filter=status=exited", ...own]);
    if (ids !== "") {
      const format = "--format={{slice .Name 1}} at {{.State.FinishedAt}}";
      const stopped = await ask(["inspect", "--type=container", format, ...ids.split("\n")]);
      if (stopped !== "") {
        const all = stopped.split("\n").sort();
        const names = all.map((each) => each.replace(/ at .*/, "")).join(", ");
        void pulumi.log.info(`Stopped by hand, and started again by an update: ${names}.`, context.parent);
        return all.join(", ");
      }
    }
    const balancers = await ask(["ps", "--quiet", "--filter=label=flotilla.role=balancer", ...own]);
    const [balancer = ""] = balancers.split("\n");
    return balancer === "" ? "" : ask(["exec", balancer, "cat", `/etc/flotilla/live/${startedFile}`]);
  });
}
