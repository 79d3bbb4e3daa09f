import { findContainers } from "./balancer";
import { perform, readBefore, readTask } from "./process";

/** Networks of a component. */
interface NetworksTask {
  networks: string[];
}

/** Removes what an update that was killed created and could not write down, or the networks could not be removed. */
export function removeLeftovers(): void {
  void perform(async (engine) => {
    const { networks } = readTask() as NetworksTask;
    const removed: string[] = [];
    for (const network of networks) {
      for (const role of ["replica", "balancer"]) {
        for (const container of await findContainers(engine, role, network, [], true)) {
          await engine.run(["rm", "--force", "--volumes", container]);
          removed.push(container);
        }
      }
      const { code, stdout } = await engine.attempt([
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
