import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ScrapeTarget } from "../scrape-types";
import type { Context } from "../resources/context";
import type { Image } from "../resources/images";
import { createBackups } from "./backups/backup";
import { createMetrics, createMetricsNetwork, listKeeper } from "./metrics";
import type { ServerRecipe, StoreRecipe, StoreSecrets, TimedArgs } from "./recipe";

/** What the containers beside the servers of a datastore are made from. */
interface WatcherParts {
  network: docker.Network;
  secrets: pulumi.Output<StoreSecrets>;
  imageOf: (recipe: Pick<ServerRecipe, "image" | "title">) => Image;
  /** Known when nobody else uses the volumes. */
  unused: pulumi.Output<true>;
  /** The command after which the datastore can be used. */
  ready: pulumi.Resource;
  first: ServerRecipe;
  volumes: docker.Volume[];
}

/** What there is to know of them. */
interface Watchers {
  /** The key that was generated for the backups. */
  backupKey: pulumi.Output<string> | undefined;
  /** Where figures are. */
  targets: pulumi.Output<ScrapeTarget[]>;
}

/** Makes what is beside the servers of a datastore and has figures: exporters and backups. */
export function createWatchers(
  context: Context,
  args: TimedArgs,
  { exporters = [], backup: recipe }: StoreRecipe,
  parts: WatcherParts,
): Watchers {
  const { backup } = args;
  if (exporters.length === 0 && backup === undefined)
    return { backupKey: undefined, targets: pulumi.output([]) };
  const metricsNetwork = createMetricsNetwork(context);
  const backupKey =
    backup === undefined
      ? undefined
      : createBackups(context, args, backup, {
          ...{ ...parts, recipe, metricsNetwork, after: [parts.ready] },
          image: parts.imageOf(parts.first),
        });
  const lists = [
    createMetrics(context, args, exporters, { ...parts, metricsNetwork }),
    ...(backup !== undefined ? [listKeeper(context, args, metricsNetwork)] : []),
  ];
  return { backupKey, targets: pulumi.all(lists).apply((found) => found.flat()) };
}
