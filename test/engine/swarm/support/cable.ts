import { docker } from "../../support/engine";
import { engineImage, type ClusterNode } from "./cluster-node";

/** Takes the machine's end of a node's link down, as a pulled cable does: no end of a connection is told. Gives what plugs it in again. */
export async function pullCable({ container, name }: ClusterNode): Promise<() => Promise<void>> {
  const index = await docker("exec", container, "cat", "/sys/class/net/eth0/iflink");
  const set = async (state: "down" | "up") => {
    const script = `for link in /sys/class/net/*; do [ "$(cat $link/ifindex)" != ${index} ] || exec ip link set "\${link##*/}" ${state}; done; exit 1`;
    const options = ["--rm", "--network=host", "--cap-add=NET_ADMIN", "--entrypoint=sh"];
    await docker("run", ...options, engineImage, "-c", script).catch((error: unknown) => {
      throw new Error(`The link of ${name} cannot be set ${state}.`, { cause: error });
    });
  };
  await set("down");
  return () => set("up");
}
