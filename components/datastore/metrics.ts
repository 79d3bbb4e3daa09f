import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { ScrapeTarget } from "../scrape-types";
import type { Context } from "../resources/context";
import { labels } from "../resources/presence";
import { backupPort } from "../../backup/settings";
import { nameKeeper } from "./backups/recipe";
import { createStoreContainer } from "./container";
import type { StoreModel } from "./fields";
import type { StoreFoundation } from "./foundation";
import type { ExporterRecipe } from "./recipe";

/** Needs of exporters besides the foundation. */
interface ExporterNeeds {
  /** Where they are asked. */
  metricsNetwork: docker.Network;
  /** The command after which the datastore can be used. */
  ready: pulumi.Resource;
}

/** Makes the network of whoever asks for figures of a datastore, who then cannot reach the datastore itself. */
export function createMetricsNetwork(context: Context): docker.Network {
  return new docker.Network(
    `${context.name}-metrics-network`,
    { labels: labels(context, "network", { network: `${context.name}-metrics` }) },
    { parent: context.parent },
  );
}

/**
 * Makes the exporters of a datastore, and gives their addresses. Nothing waits for them: what only measures must not
 * hold up what works.
 */
export function createMetrics(
  context: Context,
  store: StoreModel,
  exporters: ExporterRecipe[],
  { network, secrets, imageOf }: StoreFoundation,
  { metricsNetwork, ready }: ExporterNeeds,
): pulumi.Output<ScrapeTarget[]> {
  for (const recipe of exporters)
    createStoreContainer(context, store, {
      ...{ recipe, secrets, role: "store-exporter", image: imageOf(recipe) },
      networks: [network, metricsNetwork],
      after: [ready],
    });
  return metricsNetwork.name.apply((name) =>
    exporters.map(({ aliases: [host = ""], port, server }): ScrapeTarget => ({
      job: store.engine,
      address: `${host}:${port}`,
      path: "/metrics",
      network: name,
      labels: { store: context.name, engine: store.engine, server },
    })),
  );
}

/** Where the container that keeps the backups of a datastore says how they went. */
export function listKeeper(
  { name }: Context,
  { engine }: StoreModel,
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
