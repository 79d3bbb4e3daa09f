import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ScrapeTarget } from "../../scrape-types";
import { type Context, labels } from "../context";
import type { Image } from "../images";
import { createStoreContainer } from "./container";
import type { ExporterRecipe, StoreRecipe, StoreSecrets, TimedArgs } from "./recipe";

/** What the exporters of a datastore are made from. */
interface MetricsParts {
  network: docker.Network;
  secrets: pulumi.Output<StoreSecrets>;
  imageOf: (recipe: ExporterRecipe) => Image;
  /** The command after which the datastore can be used. */
  ready: pulumi.Resource;
}

/**
 * Makes the exporters of a datastore, and gives their addresses. They have a second network for whoever asks them, who
 * then cannot reach the datastore. Nothing waits for them: what only measures must not hold up what works.
 */
export function createMetrics(
  context: Context,
  args: TimedArgs,
  { exporters = [] }: StoreRecipe,
  { network, secrets, imageOf, ready }: MetricsParts,
): pulumi.Output<ScrapeTarget[]> {
  if (exporters.length === 0) return pulumi.output([]);
  const metricsNetwork = new docker.Network(
    `${context.name}-metrics-network`,
    { labels: labels(context, { "flotilla.network": `${context.name}-metrics` }) },
    { parent: context.parent },
  );
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
