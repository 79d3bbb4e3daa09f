import * as pulumi from "@pulumi/pulumi";
import type { DatastoreArgs, StoreConnection } from "./datastore-types";
import { createContext } from "./resources/context";
import { forgetOrigin } from "./resources/outputs";
import { createRefusal } from "./arguments/refusal";
import { readDatastore } from "./datastore/schema";
import { createStore } from "./datastore/store";
import type { MonitoringSource } from "./monitoring-types";
import type { ScrapeTarget } from "./scrape-types";

/** A server that keeps data, on a network of its own: data survive updates and the removal of the stack. */
export class Datastore extends pulumi.ComponentResource {
  /** Address for applications, with user and password. */
  public readonly url: pulumi.Output<string>;
  /** Entry for a pool's `stores`. */
  public readonly connection: pulumi.Output<StoreConnection>;
  /** The same for its further addresses, by name. */
  public readonly connections: Record<string, pulumi.Output<StoreConnection>>;
  /** Names of the containers that keep data, in order. */
  public readonly containers: pulumi.Output<string[]>;
  /** Key that was generated for its backups, to be kept elsewhere: without it they cannot be read. */
  public readonly backupKey: pulumi.Output<string> | undefined;
  /** Names of the volumes with the data, in order. */
  public readonly volumes: pulumi.Output<string[]>;
  /** Where Prometheus finds its figures; none unless `metrics` is set. */
  public readonly targets: pulumi.Output<ScrapeTarget[]>;
  /** Entry for the `sources` of a `Monitoring`. */
  public readonly source: MonitoringSource;

  constructor(name: string, args: DatastoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { value, problems } = readDatastore(name, args);
    if (value === undefined) throw createRefusal(`Datastore "${name}"`, problems);
    super("flotilla:index:Datastore", name, {}, opts);

    const { context } = createContext(name, this, value.limits?.cpus !== undefined);
    const store = createStore(context, value);

    const connect = (address: pulumi.Output<string>): pulumi.Output<StoreConnection> =>
      pulumi.all([address, store.network.name]).apply(([url, network]) => ({ url, network }));
    this.url = forgetOrigin(store.url);
    this.connection = connect(store.url);
    this.connections = Object.fromEntries(
      Object.entries(store.addresses).map(([address, url]) => [address, connect(url)]),
    );
    this.containers = pulumi.all(store.servers.map((server) => server.container.name));
    this.volumes = pulumi.all(
      store.servers.flatMap(({ volume }) => (volume === undefined ? [] : [volume.name])),
    );
    this.backupKey = store.backupKey;
    this.targets = store.targets;
    this.source = {
      targets: this.targets,
      networks: this.targets.apply((targets) => targets.map(({ network }) => network)),
      containers: this.containers,
    };
    this.registerOutputs({
      url: this.url,
      connection: this.connection,
      connections: this.connections,
      containers: this.containers,
      volumes: this.volumes,
      backupKey: this.backupKey,
      targets: this.targets,
      source: this.source,
    });
  }
}
