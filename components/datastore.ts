import * as pulumi from "@pulumi/pulumi";
import type { DatastoreArgs, StoreConnection } from "./datastore-types";
import { createContext } from "./internal/context";
import { refuseProblems } from "./internal/problems";
import { datastoreProblems } from "./internal/stores/schema";
import { createStore } from "./internal/stores/store";

/** A server that keeps data, on a network of its own: data survive updates and the removal of the stack. */
export class Datastore extends pulumi.ComponentResource {
  /** Address for applications, with user and password. */
  public readonly url: pulumi.Output<string>;
  /** What a pool's `stores` takes. */
  public readonly connection: pulumi.Output<StoreConnection>;
  /** Name of the container. */
  public readonly container: pulumi.Output<string>;
  /** Name of the volume with the data. */
  public readonly volume: pulumi.Output<string>;

  constructor(name: string, args: DatastoreArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseProblems(`Datastore "${name}"`, datastoreProblems(name, args));
    super("flotilla:index:Datastore", name, {}, opts);

    const { context } = createContext(name, this, args.limits?.cpus !== undefined);
    const store = createStore(context, args);

    this.url = store.url;
    this.connection = pulumi
      .all([store.url, store.network.name])
      .apply(([url, network]) => ({ url, network }));
    this.container = store.container.name;
    this.volume = store.volume.name;
    this.registerOutputs({
      url: this.url,
      connection: this.connection,
      container: this.container,
      volume: this.volume,
    });
  }
}
