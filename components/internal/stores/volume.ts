import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { DatastoreArgs } from "../../datastore-types";
import { type Context, labels, withHost } from "../context";
import { tryDocker } from "../scripts/docker";

/** The volume of a datastore. Its name is fixed, so that what was removed finds its data when it comes back. */
export function createVolume(
  context: Context,
  { engine, volume, protect = false }: DatastoreArgs,
): docker.Volume {
  const name = volume ?? `${pulumi.getProject()}-${pulumi.getStack()}-${context.name}`.toLowerCase();
  return new docker.Volume(
    `${context.name}-data`,
    {
      name: context.engineHost.apply((host) => checkEngine(context.name, name, engine, host)),
      labels: labels(context, { "flotilla.role": "data", "flotilla.engine": engine }),
    },
    { parent: context.parent, protect, retainOnDelete: true, ignoreChanges: ["labels"] },
  );
}

/** Gives the volume's name. One that another engine has written would be damaged, or not be understood. */
export async function checkEngine(
  store: string,
  volume: string,
  engine: string,
  host: string | undefined,
): Promise<string> {
  const { code, stdout } = await tryDocker(
    ["volume", "inspect", '--format={{index .Labels "flotilla.engine"}}', volume],
    undefined,
    withHost(host),
  );
  const found = stdout.trim();
  if (code !== 0 || found === "" || found === engine) return volume;
  throw new pulumi.RunError(
    `Datastore "${store}": engine must stay ${found}, got "${engine}". The volume ${volume} holds its data. Give the datastore another name or volume; to do without the data, remove the volume: docker volume rm ${volume}`,
  );
}
