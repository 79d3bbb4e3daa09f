import type { Engine } from "../engine/client";
import { inspectPresent } from "../engine/containers";

/**
 * Addresses of containers on a network, by their names: empty for one that does not run, or is not on the network. One that is
 * gone has none.
 */
export async function findAddresses(
  engine: Engine,
  network: string,
  containers: string[],
): Promise<Map<string, string>> {
  const template = '{"name":{{json .Name}},"networks":{{json .NetworkSettings.Networks}}}';
  const found = await inspectPresent<{
    name: string;
    networks: Record<string, { IPAddress: string } | undefined>;
  }>(engine, template, containers);
  return new Map(
    found.map(({ name, networks }) => [name.replace("/", ""), networks[network]?.IPAddress ?? ""]),
  );
}
