import { type Engine, Failure, isMissing } from "../engine/client";

/**
 * Addresses of containers on a network, by their names: empty for one that does not run, or is not on the network. One that is
 * gone has none.
 */
export async function findAddresses(
  engine: Engine,
  network: string,
  containers: string[],
): Promise<Map<string, string>> {
  if (containers.length === 0) return new Map();
  const format = "--format={{json .Name}}: {{json .NetworkSettings.Networks}}";
  const { code, stdout, stderr } = await engine.attempt([
    "inspect",
    "--type=container",
    format,
    ...containers,
  ]);
  if (code !== 0 && !stderr.trim().split("\n").every(isMissing))
    throw new Failure(`docker inspect failed: ${stderr.trim()}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const found = JSON.parse(`{${lines.join(",")}}`) as Record<
    string,
    Record<string, { IPAddress: string } | undefined>
  >;
  return new Map(
    Object.entries(found).map(([name, networks]) => [
      name.replace("/", ""),
      networks[network]?.IPAddress ?? "",
    ]),
  );
}
