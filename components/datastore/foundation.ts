import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Image } from "../resources/images";
import type { ServerRecipe, StoreSecrets } from "./recipe";

/** Parts that all containers of a datastore share. */
export interface StoreFoundation {
  network: docker.Network;
  secrets: pulumi.Output<StoreSecrets>;
  imageOf: (recipe: Pick<ServerRecipe, "image" | "title">) => Image;
  /** Known when nobody else uses what it uses. */
  unused: pulumi.Output<true>;
}
