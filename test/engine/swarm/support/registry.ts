import { findStandIn } from "../../sealed/containers";
import { docker, succeeds, until } from "../../support/engine";
import { findFreePort } from "../../support/ports";

/** A registry that all nodes reach by one name. */
export interface ClusterRegistry {
  /** Start of its images' names for the nodes, such as `registry:5000`. */
  name: string;
  /** The same for this machine's engine, such as `127.0.0.1:18840`. */
  hostName: string;
  /** Pushes an image of the machine's engine; gives its reference with a digest, for the nodes. */
  push(image: string): Promise<string>;
}

/** Starts a registry in the network of a cluster. */
export async function startRegistry(cluster: string, mark: string): Promise<ClusterRegistry> {
  const port = await findFreePort();
  const { image } = findStandIn("registry");
  await docker(
    ...["run", "--detach", `--name=${cluster}-registry`, mark, `--network=${cluster}`],
    ...["--network-alias=registry", `--publish=127.0.0.1:${port}:5000`, image],
  );
  const [name, hostName] = ["registry:5000", `127.0.0.1:${port}`];
  await until("the registry answers", () => succeeds(ask(`http://${hostName}/v2/`)));
  return {
    name,
    hostName,
    push: async (pushed) => {
      const plain = pushed.replace(/^flotilla\//, "");
      const copy = `${hostName}/${plain}`;
      await docker("tag", pushed, copy);
      try {
        await docker("push", "--quiet", copy);
        const digests = await docker("image", "inspect", "--format={{json .RepoDigests}}", copy);
        const own = (JSON.parse(digests) as string[]).find((each) => each.startsWith(`${hostName}/`));
        if (own === undefined) throw new Error(`${copy} has no digest after its push: ${digests}.`);
        return own.replace(hostName, name);
      } finally {
        await docker("rmi", "--no-prune", copy);
      }
    },
  };
}

async function ask(url: string): Promise<void> {
  const { ok, status } = await fetch(url);
  if (!ok) throw new Error(`${url} answers with ${status}.`);
}
