import { findContainers } from "./balancer";
import { docker, perform, readBefore, readTask, tryDocker } from "../engine/docker";

/** Networks of a component. */
interface NetworksTask {
  networks: string[];
}

/** Removes what an update that was killed created and could not write down, or the networks could not be removed. */
export function removeLeftovers(): void {
  void perform(async () => {
    const { networks } = readTask() as NetworksTask;
    const removed: string[] = [];
    for (const network of networks) {
      for (const role of ["replica", "balancer"]) {
        for (const container of await findContainers(role, network, [], true)) {
          await docker(["rm", "--force", "--volumes", container]);
          removed.push(container);
        }
      }
      const { code, stdout } = await tryDocker([
        "network",
        "inspect",
        "--format={{json .Containers}}",
        network,
      ]);
      if (code === 0 && stdout.trim() !== "{}") removed.push(`${network} is still used by others`);
    }
    return removed.length === 0 ? "nothing was left over" : removed.join("\n");
  });
}

/** Prints the names of all networks that a component has had: what is on one of them is of this deployment. */
export function rememberNetworks(): void {
  const { networks } = readTask() as NetworksTask;
  const before = (readBefore() ?? []) as string[];
  process.stdout.write(`${JSON.stringify([...new Set([...before, ...networks])])}\n`);
}

/** There is something to do only in the end. */
export function nothing(): void {
  process.stdout.write("\n");
}
