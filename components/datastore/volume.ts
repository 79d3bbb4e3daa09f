import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { DatastoreEngine } from "../datastore-types";
import type { Context } from "../resources/context";
import { createRunError } from "../resources/run-error";
import { createKeptVolume } from "../resources/kept-volume";
import { ownName } from "../resources/own-names";
import { type Engine } from "../../engine/client";
import { readLabels } from "../../engine/labels";
import type { StoreModel } from "./fields";
import { passGuard } from "./guard";
import type { StoreGuard } from "./recipe";

/** The server that a volume is for. */
interface VolumeOwner {
  title: string;
  /** Whether it is the first of its datastore. */
  isFirst: boolean;
  /** Number of servers of the datastore. */
  count: number;
  /** Whether that number stays what it was when there were no data. */
  keepsServerCount?: boolean | undefined;
  /** Check that is made before anything is changed. */
  guard?: StoreGuard | undefined;
  /** Known, before anything else, when nobody else uses it. */
  unused: pulumi.Output<true>;
  /** Known when all is done that comes before any change. */
  begun: pulumi.Output<true>;
}

/** Name of the volume of a server. */
export function nameVolume(
  store: string,
  { volume }: StoreModel,
  { title, isFirst }: Pick<VolumeOwner, "title" | "isFirst">,
): string {
  const base = volume ?? ownName(store).toLowerCase();
  return isFirst ? base : `${base}-${title}`;
}

/** The volume of a server. */
export function createVolume(context: Context, store: StoreModel, owner: VolumeOwner): docker.Volume {
  const { engine, protect } = store;
  const { title, isFirst, count, keepsServerCount = false, guard, unused, begun } = owner;
  const name = nameVolume(context.name, store, owner);
  const expected = { engine, count: keepsServerCount ? count : undefined };
  const checked = pulumi.all([context.engine, unused]).apply(async ([dockerEngine]) => {
    if (guard !== undefined) await passGuard(context.name, guard, dockerEngine);
    return checkVolume(context.name, name, expected, dockerEngine);
  });
  return createKeptVolume(context, isFirst ? "data" : `${title}-data`, {
    name: pulumi.all([checked, begun]).apply(([found]) => found),
    labels: {
      role: "data",
      store: context.name,
      engine,
      servers: String(count),
    },
    protect,
  });
}

/** The writer that a volume must have had. */
interface ExpectedWriter {
  engine: DatastoreEngine;
  /** Number of servers, where it has to stay the same. */
  count: number | undefined;
}

/** Gives the volume's name. One that another engine or number of servers has written would be damaged, or not be understood. */
export async function checkVolume(
  store: string,
  volume: string,
  { engine, count }: ExpectedWriter,
  dockerEngine: Engine,
): Promise<string> {
  const { code, stdout } = await dockerEngine.attempt([
    "volume",
    "inspect",
    "--format={{json .Labels}}",
    volume,
  ]);
  if (code !== 0) return volume;
  const written = readLabels(JSON.parse(stdout) as Record<string, string> | null);
  const differing = [
    { field: "engine", found: written.engine, wanted: engine as string },
    ...(count === undefined
      ? []
      : [{ field: "the number of servers", found: written.servers, wanted: String(count) }]),
  ].filter(({ found, wanted }) => found !== undefined && found !== wanted);
  const [difference] = differing;
  if (difference === undefined) return volume;
  const { field, found = "", wanted } = difference;
  throw createRunError(
    `Datastore "${store}": ${field} must stay ${found}, got ${JSON.stringify(wanted)}. The volume ${volume} holds its data. Give the datastore another name or volume; to do without the data, remove the volume: docker volume rm ${volume}`,
  );
}
