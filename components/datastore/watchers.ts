import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ScrapeTarget } from "../scrape-types";
import type { Context } from "../resources/context";
import { createBackups } from "./backups/backup";
import type { StoreModel } from "./fields";
import type { StoreFoundation } from "./foundation";
import { createMetrics, createMetricsNetwork, listKeeper } from "./metrics";
import type { StoreRecipe } from "./recipe";

/** The servers that are watched. */
interface Watched {
  /** The command after which the datastore can be used. */
  ready: pulumi.Resource;
  volumes: docker.Volume[];
}

/** Outputs of the watchers. */
interface Watchers {
  /** The key that was generated for the backups. */
  backupKey: pulumi.Output<string> | undefined;
  /** Where figures are. */
  targets: pulumi.Output<ScrapeTarget[]>;
}

/** Makes what is beside the servers of a datastore and has figures: exporters and backups. */
export function createWatchers(
  context: Context,
  store: StoreModel,
  { servers, exporters, backup: recipe }: StoreRecipe,
  foundation: StoreFoundation,
  { ready, volumes }: Watched,
): Watchers {
  const { backup } = store;
  if (exporters.length === 0 && backup === undefined)
    return { backupKey: undefined, targets: pulumi.output([]) };
  const metricsNetwork = createMetricsNetwork(context);
  const backupKey =
    backup === undefined
      ? undefined
      : createBackups(context, store, backup, foundation, {
          ...{ recipe, metricsNetwork, volumes, ready },
          image: foundation.imageOf(servers[0]),
        });
  const lists = [
    createMetrics(context, store, exporters, foundation, { metricsNetwork, ready }),
    ...(backup === undefined ? [] : [listKeeper(context, store, metricsNetwork)]),
  ];
  return { backupKey, targets: pulumi.all(lists).apply((found) => found.flat()) };
}
