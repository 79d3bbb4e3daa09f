import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";
import { labels } from "./presence";
import type { Labels } from "../../engine/labels";

/** A volume whose data outlive its stack. */
interface KeptVolume {
  /** Its name on the engine: always the same, so that what was removed finds its data when it comes back. */
  name: pulumi.Input<string>;
  labels: Labels;
  /** Whether Pulumi refuses to remove it. */
  protect?: boolean | undefined;
}

/** Makes a volume that stays on the engine when it leaves the state. */
export function createKeptVolume(context: Context, title: string, kept: KeptVolume): docker.Volume {
  const { name, protect } = kept;
  return new docker.Volume(
    `${context.name}-${title}`,
    { name, labels: labels(context, "volume", kept.labels) },
    {
      parent: context.parent,
      ...(protect === undefined ? {} : { protect }),
      retainOnDelete: true,
      // One that was kept has those that it was made with.
      ignoreChanges: ["labels"],
    },
  );
}
