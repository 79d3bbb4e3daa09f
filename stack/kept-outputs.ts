import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancedService } from "../components";
import { addRelease, readReleases, renderRelease } from "./releases";
import type { ReplicaState } from "./replica-counts";
import type { ToldImage } from "./told-images";
import type { ToldMaintenance } from "./told-maintenance";

/** Outputs from which the program of the next deployment knows what it has to go on with. */
export const keptOutputs = ["replicas", "images", "maintenance", "releases"] as const;

/** Words to a stack beside its settings. */
export interface Told {
  replicas: Record<string, ReplicaState>;
  images: Record<string, ToldImage>;
  maintenance: ToldMaintenance[];
}

/** The outputs of that name. */
export function exportKept(
  { replicas, images, maintenance }: Told,
  app: LoadBalancedService,
  releases: unknown,
): Partial<Record<(typeof keptOutputs)[number], unknown>> {
  return {
    replicas,
    ...(Object.keys(images).length === 0 ? {} : { images }),
    ...(maintenance.length === 0 ? {} : { maintenance }),
    releases: listReleases(app, releases),
  };
}

/** The releases, with this one once all of its replicas serve. */
function listReleases(app: LoadBalancedService, previous: unknown): pulumi.Output<string[]> {
  const at = new Date().toISOString();
  return pulumi
    .all([app.images, app.replicas])
    .apply(([images]) => addRelease(readReleases(previous), images, at).map(renderRelease));
}
