import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { isObtainable } from "../resources/images";
import type { defaultImages } from "./images";
import { findImage, type MonitoringParts } from "./servers";

/** A server that is left out where its image cannot be had. */
interface Optional {
  /** What people call it. */
  name: string;
  /** The setting that says whether there is one. */
  setting: string;
  image: keyof typeof defaultImages;
  /** What the setting says; the image decides when it says nothing. */
  wanted: boolean | undefined;
  create: () => docker.Container;
}

/**
 * Makes a server, if it is wanted, or if its image can be had; says so when it is left out because of that. Gives the
 * container's name.
 */
export function createIfPossible(
  { context, args }: MonitoringParts,
  { name, setting, image, wanted, create }: Optional,
): pulumi.Output<string | undefined> {
  const none = pulumi.output<string | undefined>(undefined);
  if (wanted === false) return none;
  if (wanted === true) return create().name;
  const reference = findImage(args, image);
  return isObtainable(context, reference, args.registry).apply((isThere) => {
    if (isThere) return create().name;
    void pulumi.log.info(
      `${name} is left out: the engine does not have its image ${reference}, and no registry could be asked for it (${setting}: false leaves it out without asking).`,
      context.parent,
    );
    return none;
  });
}
