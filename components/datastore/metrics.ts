import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ScrapeTarget } from "../scrape-types";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import type { Image } from "../resources/images";
import { backupPort } from "../../backup/settings";
import { nameKeeper } from "./backups/recipe";
import { createStoreContainer } from "./container";
import type { ExporterRecipe, StoreSecrets, TimedArgs } from "./recipe";

/** What the exporters of a datastore are made from. */
interface MetricsParts {
  network: docker.Network;
  metricsNetwork: docker.Network;
  secrets: pulumi.Output<StoreSecrets>;
  imageOf: (recipe: ExporterRecipe) => Image;
  /** The command after which the datastore can be used. */
  ready: pulumi.Resource;
}

/** Makes the network of whoever asks for figures of a datastore, who then cannot reach the datastore itself. */
export function createMetricsNetwork(context: Context): docker.Network {
  return new docker.Network(
    `${context.name}-metrics-network`,
    { labels: labels(context, "network", { "flotilla.network": `${context.name}-metrics` }) },
    { parent: context.parent },
  );
}

/**
 * Makes the exporters of a datastore, and gives their addresses. Nothing waits for them: what only measures must not
 * hold up what works.
 */
export function createMetrics(
  context: Context,
  args: TimedArgs,
  exporters: ExporterRecipe[],
  { network, metricsNetwork, secrets, imageOf, ready }: MetricsParts,
): pulumi.Output<ScrapeTarget[]> {
  for (const recipe of exporters)
    createStoreContainer(context, args, {
      ...{ recipe, secrets, role: "store-exporter", image: imageOf(recipe), volume: undefined },
      networks: [network, metricsNetwork],
      after: [ready],
    });
  return metricsNetwork.name.apply((name) =>
    exporters.map(({ aliases: [host = ""], port, server }): ScrapeTarget => ({
      job: args.engine,
      address: `${host}:${port}`,
      path: "/metrics",
      network: name,
      labels: { store: context.name, engine: args.engine, server },
    })),
  );
}

/** Where the container that keeps the backups of a datastore says how they went. */
export function listKeeper(
  { name }: Context,
  { engine }: TimedArgs,
  metricsNetwork: docker.Network,
): pulumi.Output<ScrapeTarget[]> {
  return metricsNetwork.name.apply((network): ScrapeTarget[] => [
    {
      job: "backup",
      address: `${nameKeeper(name)}:${backupPort}`,
      path: "/metrics",
      network,
      labels: { store: name, engine },
    },
  ]);
}
